import type { Plugin } from "esbuild";

/** Of Node's own modules, those that a deploy with nothing to do never calls. */
const SELDOM_CALLED = [
  "child_process",
  "fs/promises",
  "module",
  "os",
  "readline",
  "stream/consumers",
  "timers/promises",
  "v8",
];
const SCOPE = "lazy-builtin";

/** Loads these when something of them is first used, not when it is imported: together they take a start-up some 5 ms. */
export const lazyBuiltins: Plugin = {
  name: SCOPE,
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(node:)?(${SELDOM_CALLED.join("|")})$`) }, ({ path, namespace }) => {
      if (namespace === SCOPE) return { path, external: true };
      return { path: path.replace(/^node:/, ""), namespace: SCOPE };
    });
    build.onLoad({ filter: /.*/, namespace: SCOPE }, async ({ path }) => {
      const exported = (await import(path)) as object;
      const getters = Object.keys(exported)
        .filter((name) => name !== "default")
        .map((name) => `get ${name}() { return require("node:${path}").${name}; }`);
      return { contents: `module.exports = { ${getters.join(", ")} };` };
    });
  },
};
