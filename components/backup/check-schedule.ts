/** One field of an AWS cron expression: its name, and what may stand in it. */
interface CronField {
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  readonly names: readonly string[];
  /** Forms beside numbers, names, `*`, ranges, lists and steps. */
  readonly also: RegExp | undefined;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** In their order. Source: Amazon EventBridge user guide, "Cron expressions", whose form AWS Backup takes over. */
const FIELDS: readonly CronField[] = [
  { name: "minutes", lowest: 0, highest: 59, names: [], also: undefined },
  { name: "hours", lowest: 0, highest: 23, names: [], also: undefined },
  { name: "day of the month", lowest: 1, highest: 31, names: [], also: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: "month", lowest: 1, highest: 12, names: MONTHS, also: undefined },
  { name: "day of the week", lowest: 1, highest: 7, names: DAYS, also: /^(\?|L|[1-7]L|([1-7]|[A-Z]{3})#[1-5])$/ },
  { name: "year", lowest: 1970, highest: 2199, names: [], also: undefined },
];

/** What is wrong with a schedule of AWS Backup, in words that end a sentence; undefined where nothing is. */
export function findScheduleFault(expression: string): string | undefined {
  const inner = /^cron\((.*)\)$/.exec(expression)?.[1];
  if (inner === undefined) return "it is not of the form cron(minutes hours day-of-month month day-of-week year)";
  const parts = inner.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    return `it has ${parts.length} fields, an AWS schedule has 6 (the last is the year)`;
  const wrong = FIELDS.find((field, position) => !fits(parts[position] ?? "", field));
  if (wrong !== undefined) return `its ${wrong.name} cannot be "${parts[FIELDS.indexOf(wrong)]}"`;
  const [minutes = "", , dayOfMonth, , dayOfWeek] = parts;
  if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
    return 'exactly one of day of the month and day of the week must be "?"';
  }
  // AWS Backup starts a rule's jobs once an hour at most.
  return /^\d+$/.test(minutes) ? undefined : `its minutes are "${minutes}", and backups start once an hour at most`;
}

function fits(text: string, field: CronField): boolean {
  return text !== "" && text.split(",").every((item) => field.also?.test(item) === true || fitsItem(item, field));
}

function fitsItem(item: string, field: CronField): boolean {
  const [range = "", step, ...rest] = item.split("/");
  if (rest.length > 0 || (step !== undefined && !(Number(step) >= 1 && /^\d+$/.test(step)))) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((end) => valueOf(end, field));
  return ends.length <= 2 && ends.every((end) => end >= field.lowest && end <= field.highest);
}

/** NaN, which fits nowhere, where it is neither a number nor a name. */
function valueOf(text: string, field: CronField): number {
  const position = field.names.indexOf(text.toUpperCase());
  if (position >= 0) return position + 1;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
