// Prints, as JSON, what Redocly's recommended rules find in an OpenAPI document.
import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";

const config = await createConfig({ extends: ["recommended-strict"] });
const source = readFileSync(process.argv[2], "utf8");
const found = await lintFromString({ source, config, absoluteRef: process.argv[2] });
console.log(JSON.stringify(found.map(({ ruleId, message, location }) => [ruleId, message, location[0].pointer])));
