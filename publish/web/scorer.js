// How the search ranks pages: by the index of terms, functions and errors first.
var Scorer = (() => {
  const PLACES = PLACES_OF_THE_BOOK;
  const ERRORS = ERRORS_OF_THE_BOOK;
  const key = (w) => w.toLowerCase().replace(/["'`()]/g, " ").replace(/[-\u2013_\s]+/g, " ").trim();
  const asked = key(new URLSearchParams(window.location.search).get("q") || "");
  const plain = asked.replace(/(ss|x|ch|sh)es$/, "$1").replace(/([^s])s$/, "$1");
  const last = plain.split(".").pop();
  const best = PLACES[asked] || PLACES[plain] || PLACES[last] || [];
  const words = asked.split(" ");
  const errors = words.length > 2 ? ERRORS.filter((e) => key(e[0]).includes(asked) || asked.includes(key(e[0]))) : [];
  const stem = (w) => w.replace(/(ing|ed|s)$/, "");
  const score = (result) => {
    const [doc, title, anchor, , old, , kind] = result;
    if (kind !== "text") return old;
    if (errors.length && doc === "errors") return 1000;
    let place = errors.findIndex((e) => e[1] === doc);
    if (place >= 0) { result[3] = errors[place][2]; return 900 - place; }
    const has = (text) => words.every((w) => key(text).split(/\W+/).some((k) => stem(k) === stem(w)));
    place = best.findIndex((p) => p[0] === doc);
    if (place >= 0) result[3] = best[place][1];
    if (has(title)) return 600 + old;
    if (place >= 0) return 500 - place;
    // A heading of the page that has all words comes next.
    const ids = Object.entries(Search._index.alltitles).filter(([t]) => has(t));
    const index = Search._index.docnames.indexOf(doc);
    const head = ids.find(([, at]) => at.some(([d]) => d === index));
    if (head) { if (head[0] !== title) result[3] = head[0]; return 200 + old; }
    return ["index", "questions", "terms", "functions", "errors"].includes(doc) ? old - 10 : old;
  };
  const anchored = (result) => {
    const value = score(result);
    if (result[3] && !result[2]) {
      const at = (Search._index.alltitles[result[3]] || []).find(([d]) => Search._index.docnames[d] === result[0]);
      if (at && at[1]) result[2] = "#" + at[1];
      const place = best.find((p) => p[0] === result[0] && p[1] === result[3]);
      if (place && place[2]) result[3] += ": " + place[2];
    }
    const number = result[0].match(/^(\d\d)_.*\/(\d\d)_/);
    if (number && !/^\d\d\//.test(result[1])) result[1] = `${number[1]}/${number[2]} ${result[1]}`;
    return value;
  };
  return {
    score: anchored,
    objNameMatch: 11, objPartialMatch: 6, objPrio: { 0: 15, 1: 5, 2: -5 }, objPrioDefault: 0,
    title: 15, partialTitle: 7, term: 5, partialTerm: 2,
  };
})();
// The results quote their pages. A page of a folder may not fetch another, so a script has them.
if (window.location.protocol === "file:") {
  const texts = new Promise((done) => {
    const script = document.createElement("script");
    script.src = "_static/texts.js";
    script.onload = () => done(TEXTS_OF_THE_BOOK);
    document.head.append(script);
  });
  window.fetch = async (page) => new Response((await texts)[page.replace(/^[.][/]/, "")]);
}
