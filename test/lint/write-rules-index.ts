import { writeFileSync } from "node:fs";
import { renderRulesIndex } from "./render-rules-index.js";

writeFileSync("docs/rules/README.md", renderRulesIndex());
