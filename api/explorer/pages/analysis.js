// Panels for the API's other endpoints, each where the service has it.

export async function availablePaths() {
  const response = await fetch("/schema/openapi.json");
  return response.ok ? Object.keys((await response.json()).paths) : [];
}
