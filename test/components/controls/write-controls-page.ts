import { writeFileSync } from "node:fs";
import { renderControlsPage } from "./render-controls-page.js";

writeFileSync("docs/controls.md", renderControlsPage());
