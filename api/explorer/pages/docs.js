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
  for (const path of Object.values(spec.paths)) for (const operation of Object.values(path)) {
    operation.parameters = operation.parameters?.flatMap((parameter) => {
      if (!inputs.has(parameter.name)) return [withExample(parameter, system)];
      const value = system.canonical[parameter.name];
      const { examples, ...rest } = parameter;
      return value === undefined ? [] : [{ ...rest, required: true, example: value }];
    });
  }
  SwaggerUIBundle({ spec, dom_id: "#reference", deepLinking: true, tryItOutEnabled: true, supportedSubmitMethods: ["get"], syntaxHighlight: { activated: false }, validatorUrl: null });
}

function withExample(parameter, system) {
  return parameter.name === "system" || (parameter.in === "path" && parameter.name === "name") ? { ...parameter, example: system.name } : parameter;
}
