import { readInfo, type DatabaseInfo } from "../../engine/index.js";
import { defineCommand, INSTANCE } from "../command.js";
import { formatBytes, formatDuration, plural } from "../format.js";
import { CONNECTION_FLAGS, findTarget } from "../instances.js";
import type { Terminal } from "../terminal.js";
import { withSession } from "../with-session.js";

export const command = defineCommand({
  about: "Says what a database runs on: server, size, tables, extensions, settings that matter to a deploy.",
  words: [INSTANCE],
  flags: CONNECTION_FLAGS,
  examples: [["holdfast info dev", "before a migration that may take long: how large is the table?"]],
  async run({ instance, flags, terminal }) {
    const target = await findTarget(instance, flags);
    const info = await withSession(target, terminal, "read-only", readInfo);
    return { json: { instance: target.name, ...info }, text: () => render(target.name, info, terminal) };
  },
});

async function render(
  name: string,
  { server, tables, extensions, settings }: DatabaseInfo,
  terminal: Terminal,
): Promise<string> {
  const { renderTable } = await import("../render-table.js");
  const { oldestTransactionSeconds: oldest } = server;
  const facts = [
    [
      "server",
      `PostgreSQL ${server.version}, since ${server.startedAt}${server.isReadOnly ? ", read-only (a standby)" : ""}`,
    ],
    ["database", `${server.database}, ${formatBytes(server.sizeBytes)}, ${server.encoding}, ${server.collation}`],
    ["connections", `${server.connections} of ${server.maxConnections}`],
    ["oldest open transaction", oldest === null ? "none" : formatDuration(oldest * 1000)],
    ["extensions", extensions.map(extension).join(", ") || "none"],
  ];
  const rows = tables.map(({ name: table, rows: estimate, sizeBytes, vacuumedAt }) => [
    table,
    estimate === null ? "not analysed" : `~${estimate.toLocaleString("en-US")}`,
    formatBytes(sizeBytes),
    vacuumedAt ?? "never",
  ]);
  return [
    renderTable([name, ""], facts, terminal),
    "",
    rows.length === 0
      ? "No tables."
      : renderTable([plural(rows.length, "table"), "rows", "size", "vacuumed"], rows, terminal),
    "",
    renderTable(
      ["setting", ""],
      settings.map(({ name: setting, value }) => [setting, value]),
      terminal,
    ),
  ].join("\n");
}

function extension({ name, version, available }: DatabaseInfo["extensions"][number]): string {
  const newer = available !== null && available !== version ? ` (${available} is installed on the server)` : "";
  return `${name} ${version}${newer}`;
}
