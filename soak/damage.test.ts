import "./many-damages.js";
import "../test/backup/damage.test.js";
