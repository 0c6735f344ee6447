// Asks the API: its answer, or the error that says why there is none.

const TRIES = 5; // of a busy service, each after as long as it says

const AGAIN = 2; // seconds after which a service that could not be reached is asked again

export class Refusal extends Error {
  constructor(problem) {
    super(problem.detail ?? "The service gave no answer.");
    this.errors = problem.errors ?? [];
  }
}

export async function ask(path, signal) {
  for (let tries = 1; ; tries++) {
    const response = await reached(path, signal);
    if (response.ok) return response;
    const seconds = response.status === 503 && response.headers.get("retry-after");
    if (!seconds || tries === TRIES) throw await refusal(response);
    await pause(Number(seconds), signal);
  }
}

// The answer, as soon as there is one: where the service cannot be reached, that is told, and tried again.
async function reached(path, signal) {
  for (;;) {
    try {
      const response = await fetch(path, { signal });
      dispatchEvent(new CustomEvent("reached", { detail: true }));
      return response;
    } catch (error) {
      if (signal?.aborted) throw error;
      dispatchEvent(new CustomEvent("reached", { detail: false }));
      await pause(AGAIN, signal);
    }
  }
}

// What is being done about work that is waited for, told to `tell` now and whenever it is something else.
export function onWaiting(tell) {
  const say = (isReached) => tell(isReached ? "Computing …" : "The service cannot be reached; it is asked again …");
  say(true);
  addEventListener("reached", ({ detail: isReached }) => say(isReached));
}

// Says in `told` when the service cannot be reached, and no longer when it can.
export function tellWhetherReached(told) {
  addEventListener("reached", ({ detail: isReached }) => {
    const said = isReached ? "" : "The service cannot be reached. This page asks it again every other second, and goes on by itself.";
    if (told.textContent !== said) told.textContent = said;
  });
}

async function refusal(response) {
  const isProblem = response.headers.get("content-type")?.includes("json");
  return new Refusal(isProblem ? await response.json() : { detail: `The service answered ${response.status}.` });
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
