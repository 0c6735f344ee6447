// The OpenAPI document as a reference in which every operation runs as it stands: its examples are one system's.

const [document_, catalogue] = await Promise.all(["/schema/openapi.json", new URL("catalogue.json", import.meta.url)].map(async (url) => (await fetch(url)).json()));
const select = document.getElementById("system");
select.append(...catalogue.systems.map(({ name, title }) => new Option(title, name)));
select.value = "henon";
select.addEventListener("change", show);
show();

function show() {
  const system = catalogue.systems.find(({ name }) => name === select.value);
  const inputs = new Set(catalogue.systems.flatMap((each) => each.inputs));
  const spec = structuredClone(document_);
  for (const [path, { get: operation }] of Object.entries(spec.paths)) {
    operation.parameters = operation.parameters?.flatMap((parameter) => {
      const { examples, ...plain } = parameter;
      if (Array.isArray(plain.schema.type)) plain.schema = { type: "string" }; // which Swagger UI has a field for
      if (inputs.has(plain.name)) return plain.name in system.canonical ? [{ ...plain, required: true, example: value(path, plain.name, system) }] : [];
      if (plain.name === "system" || plain.in === "path") return [{ ...plain, example: system.name }];
      if (plain.name === "digits") delete plain.schema.default; // it goes with one precision only
      return [plain];
    });
  }
  SwaggerUIBundle({ spec, dom_id: "#reference", deepLinking: true, tryItOutEnabled: true, supportedSubmitMethods: ["get"], syntaxHighlight: { activated: false }, validatorUrl: null });
}

// What an operation takes for an input: a number, or a range where it needs one.
function value(path, name, system) {
  const [first, second] = system.inputs;
  const swept = { "/ensemble": [first], "/bifurcation": [system.along ?? system.parameters[0]], "/basins": [first, second].slice(0, system.dimension) }[path] ?? [];
  if (!swept.includes(name)) return String(system.canonical[name]);
  const middle = system.canonical[name];
  const [low, high] = system.ranges[name] ?? [middle - (Math.abs(middle) || 1), middle + (Math.abs(middle) || 1)];
  return `${low}:${high}:20`;
}
