// Opens answers by lines of JavaScript, and writes what they hold.
import { readFileSync, writeFileSync } from "node:fs";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const line of job.lines) {
  const open = new Function("readFileSync", `return ${line.line}`);
  for (const question of line.questions) {
    const { folder, names } = job.answers[question];
    const out = `${job.out}/${line.id}.${question}`;
    process.chdir(folder);
    try {
      const found = open(readFileSync);
      const column = (name) => (Array.isArray(found) ? found.map((record) => record[name]) : found[name]);
      const values = names.flatMap(column);
      if (question === "decimal" && values.every((value) => typeof value === "string"))
        writeFileSync(`${out}.text`, values.join("\n"));
      else writeFileSync(`${out}.doubles`, new Float64Array(values.map((value) => value ?? NaN)));
    } catch (error) {
      writeFileSync(`${out}.error`, String(error));
    }
  }
}
