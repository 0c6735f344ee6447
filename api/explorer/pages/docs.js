// The OpenAPI document as a reference in which every operation runs as it stands: its examples are one system's.

import { ask, tellWhetherReached } from "./ask.js";

const SHOWN = 20_000; // characters of an answer

const late = document.getElementById("late");
late.hidden = !late.classList.contains("lost");
tellWhetherReached(document.getElementById("reached"));
const addresses = ["/openapi.json", new URL("catalogue.json", import.meta.url)];
const [description, catalogue] = await Promise.all(addresses.map(async (address) => (await ask(address)).json()));
const inputs = new Set(catalogue.systems.flatMap((system) => system.inputs));
const select = document.getElementById("system");
select.append(...catalogue.systems.map(({ name, title }) => new Option(title, name)));
select.value = "henon";
select.addEventListener("change", show);
show();
addEventListener("hashchange", reveal);
reveal();

// Shows every operation with the examples of the chosen system; those that were open stay open.
function show() {
  const system = catalogue.systems.find(({ name }) => name === select.value);
  const open = new Set([...document.querySelectorAll(".operation[open]")].map(({ id }) => id));
  const operations = Object.entries(description.paths).map(([path, { get }]) => operation(path, get, system));
  document.getElementById("reference").replaceChildren(...operations);
  for (const each of operations) each.open = open.has(each.id);
}

function reveal() {
  const found = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!found?.matches(".operation")) return;
  found.open = true;
  found.scrollIntoView();
}

function operation(path, { operationId, summary, description: about, parameters = [], responses }, system) {
  const fields = parameters
    .map((parameter) => ("$ref" in parameter ? description.components.parameters[parameter.$ref.split("/").pop()] : parameter))
    .filter(({ name }) => !inputs.has(name) || name in system.canonical)
    .map((parameter) => field(path, operationId, parameter, system));
  const answer = element("section", { ariaLabel: `Answer of ${path}`, ariaLive: "polite" });
  const form = element("form", {}, [
    element("table", { className: "parameters" }, [element("tbody", {}, fields.map(({ row }) => row))]),
    element("button", { textContent: "Ask" }),
  ]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(url(path, fields), answer);
  });
  return element("details", { className: "operation", id: operationId }, [
    element("summary", {}, [element("code", { textContent: path }), summary]),
    element("p", {}, prose(about)),
    form,
    answer,
    element("dl", { className: "described" }, Object.entries(responses).flatMap(described)),
  ]);
}

// One parameter: its row of the table, and what is entered.
function field(path, operationId, { name, in: place, schema: given, description }, system) {
  const schema = resolved(given);
  const about = description ?? schema.description ?? "";
  const id = `${operationId}-${name}`;
  const isNeeded = inputs.has(name) || place === "path";
  const words = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
  const control = words
    ? element("select", { id }, [new Option("", ""), ...words.map((word) => new Option(word, word))])
    : element("input", { id, type: "text", autocomplete: "off", spellcheck: false });
  control.value = name === "system" || place === "path" ? system.name : isNeeded ? value(path, name, system) : "";
  const label = element("label", { htmlFor: id }, [element("code", { textContent: name })]);
  const hint = element("td", { className: "quiet" }, prose([about, ...rules(schema)].filter(Boolean).join(" ")));
  return { name, place, control, row: element("tr", {}, [element("td", {}, [label]), element("td", {}, [control]), hint]) };
}

function rules({ default: usual, minimum, maximum }) {
  return [
    usual === undefined || usual === "" ? "" : `By default ${usual}.`,
    minimum === undefined ? "" : `From ${minimum.toLocaleString("en")} to ${maximum.toLocaleString("en")}.`,
  ];
}

// What a form asks for: what is empty is left out.
function url(path, fields) {
  const given = fields.filter(({ control }) => control.value !== "");
  const query = given.filter(({ place }) => place === "query").map(({ name, control }) => `${name}=${spelled(control.value)}`);
  const filled = given
    .filter(({ place }) => place === "path")
    .reduce((whole, { name, control }) => whole.replace(`{${name}}`, encodeURIComponent(control.value)), path);
  return query.length ? `${filled}?${query.join("&")}` : filled;
}

// As a query has it: colons and commas are plain in ranges and lists.
function spelled(text) {
  return encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2C", ",");
}

async function run(address, answer) {
  answer.replaceChildren(element("p", { className: "quiet", textContent: `Asking ${address} …` }));
  const begin = performance.now();
  try {
    const response = await fetch(address);
    const shown = await body(response);
    const headers = [...response.headers].map(([name, text]) => `${name}: ${text}`).join("\n");
    answer.replaceChildren(
      element("p", { className: "address" }, [element("a", { href: address, textContent: `GET ${address}` })]),
      element("p", {}, [
        element("strong", { className: "status", textContent: String(response.status) }),
        ` ${response.headers.get("content-type") ?? ""}, ${Math.round(performance.now() - begin)} ms`,
      ]),
      shown,
      element("details", {}, [element("summary", { textContent: "Headers" }), element("pre", { tabIndex: 0, textContent: headers })]),
    );
  } catch (error) {
    answer.replaceChildren(element("p", { role: "alert", textContent: `No answer: ${error.message}` }));
  }
}

// The beginning of an answer, read no further than it is shown; a picture as it is.
async function body(response) {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("image/")) {
    return element("img", { alt: "The picture that was asked for", src: URL.createObjectURL(await response.blob()) });
  }
  if (!/json|text|xml/.test(type)) {
    await response.body?.cancel();
    return element("p", { textContent: "The answer is binary; the link above saves it." });
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length < SHOWN) {
    const { done, value: chunk } = await reader.read();
    if (done) break;
    text += chunk;
  }
  const isCut = text.length >= SHOWN;
  if (isCut) await reader.cancel();
  return element("pre", { tabIndex: 0, textContent: isCut ? `${text.slice(0, SHOWN)} …` : readable(text, type) });
}

function readable(text, type) {
  return /\bjson\b/.test(type) && !type.includes("ndjson") && text.length < 2_000 ? spaced(text) : text;
}

// JSON with a line for each member: by its text, since numbers may have more digits than a parser keeps.
function spaced(text) {
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  return text.replace(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]|,/g, (token) => {
    if (token === "{" || token === "[") { depth++; return token + line(); }
    if (token === "}" || token === "]") { depth--; return line() + token; }
    return token === "," ? token + line() : token;
  });
}

function described([status, given]) {
  const known = given.$ref ? description.components.responses[given.$ref.split("/").at(-1)] : given;
  const { description: about, content = {} } = known;
  const schema = content["application/json"]?.schema ?? content["application/problem+json"]?.schema;
  const types = Object.keys(content).join(", ");
  return [
    element("dt", { textContent: status }),
    element("dd", {}, [
      element("span", {}, prose([about, types].filter(Boolean).join(" "))),
      ...(schema ? [element("details", {}, [
        element("summary", { textContent: "Schema" }),
        element("pre", { tabIndex: 0, textContent: JSON.stringify(resolved(schema), null, 2) }),
      ])] : []),
    ]),
  ];
}

// A schema with those that it refers to in its place.
function resolved(schema) {
  if (Array.isArray(schema)) return schema.map(resolved);
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref: reference, ...others } = schema;
  const known = reference ? description.components.schemas[reference.split("/").at(-1)] : {};
  return Object.fromEntries(Object.entries({ ...known, ...others }).map(([name, each]) => [name, resolved(each)]));
}

// What an operation takes for an input: a number, or a range where it needs one.
function value(path, name, system) {
  const [first, second] = system.inputs;
  const starts = [first, second].slice(0, system.dimension);
  const swept = { "/ensemble": [first], "/bifurcation": [system.along ?? system.parameters[0]], "/basins": starts }[path] ?? [];
  if (!swept.includes(name)) return String(system.canonical[name]);
  const middle = system.canonical[name];
  const reach = Math.abs(middle) || 1;
  const [low, high] = system.ranges[name] ?? [middle - reach, middle + reach];
  return `${low}:${high}:20`;
}

// A text whose parts in backticks are code.
function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", { textContent: part }) : part));
}

function element(tag, properties, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}
