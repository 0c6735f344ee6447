// Lines that fetch the shown orbit, each for another tool; they run as they are.

export const SNIPPETS = {
  curl: { format: null, text: (url, name) => `curl --fail --output ${name} '${url}'` },
  pandas: { format: "csv", text: (url) => `import pandas\n\norbit = pandas.read_csv("${url}", float_precision="round_trip")\nprint(orbit.describe())` },
  numpy: {
    format: "npy",
    text: (url) => `import io\nimport urllib.request\n\nimport numpy\n\n${opened(url, "numpy.load(io.BytesIO(answer.read()))")}`
      + "\nprint(orbit.shape, orbit.mean(axis=0))",
  },
  polars: {
    format: "csv",
    text: (url) => `import urllib.request\n\nimport polars\n\n${opened(url, "polars.read_csv(answer.read())")}`
      + "\nprint(orbit.describe())",
  },
  JavaScript: {
    format: "columns",
    text: (url) => `const answer = await fetch("${url}");\nconst orbit = await answer.json();`
      + "\nconsole.log(orbit.n.length, Object.keys(orbit));",
  },
  R: { format: "json", text: (url) => `orbit <- jsonlite::fromJSON("${url}")\nsummary(orbit)` }, // read.csv changes last bits
};
export const SUFFIXES = { arrow: "arrows", columns: "json" }; // of the others, the format's own name

function opened(url, orbit) {
  return `with urllib.request.urlopen("${url}") as answer:\n    orbit = ${orbit}`;
}
