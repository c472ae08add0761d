/** Ten times as many damages of each kind. */
process.env["HOLDFAST_DAMAGE_TIMES"] ??= "10";
