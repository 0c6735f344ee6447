// The OpenAPI document as a reference in which every operation runs as it stands: its examples are one system's.

const addresses = ["/openapi.json", new URL("catalogue.json", import.meta.url)];
const [description, catalogue] = await Promise.all(addresses.map(async (address) => (await fetch(address)).json()));
const select = document.getElementById("system");
select.append(...catalogue.systems.map(({ name, title }) => new Option(title, name)));
select.value = "henon";
select.addEventListener("change", show);
show();

function show() {
  const system = catalogue.systems.find(({ name }) => name === select.value);
  const inputs = new Set(catalogue.systems.flatMap((each) => each.inputs));
  const { servers, ...spec } = structuredClone(description); // there is this one
  for (const [path, { get: operation }] of Object.entries(spec.paths)) {
    operation.parameters = operation.parameters?.flatMap((parameter) => {
      const { examples, ...plain } = parameter.$ref ? spec.components.parameters[parameter.$ref.split("/").pop()] : parameter;
      if (plain.schema.anyOf || Array.isArray(plain.schema.type)) plain.schema = { type: "string" }; // which Swagger UI has a field for
      if (inputs.has(plain.name) && !(plain.name in system.canonical)) return [];
      if (inputs.has(plain.name)) return [{ ...plain, required: true, example: value(path, plain.name, system) }];
      if (plain.name === "system" || plain.in === "path") return [{ ...plain, example: system.name }];
      return [said(plain)];
    });
  }
  SwaggerUIBundle({
    spec,
    dom_id: "#reference",
    deepLinking: true,
    tryItOutEnabled: true,
    supportedSubmitMethods: ["get"],
    syntaxHighlight: { activated: false },
    validatorUrl: null,
  });
}

// Swagger UI would send every default, and some go with one choice only: they are told instead.
function said({ description, schema: { default: usual, ...schema }, ...parameter }) {
  return { ...parameter, schema, description: usual === undefined ? description : `${description} By default ${usual}.` };
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
