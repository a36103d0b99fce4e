// A slide whose content is higher than the screen is drawn smaller until it fits.
const HEIGHT = 720;
const FOOT = 26; // of these, the slide's number has the lowest
const SMALLEST = 0.5;
const LOWEST_PICTURE = 330;
const HIGHEST_PICTURE = 560;

// A picture takes the room that the slide's text leaves.
function fill(slide) {
  const pictures = [...slide.querySelectorAll(".jp-RenderedImage img")];
  if (!pictures.length) return;
  const tallest = (picture) =>
    Math.min(HIGHEST_PICTURE, (picture.clientWidth * picture.naturalHeight) / picture.naturalWidth);
  const heights = pictures.map(tallest);
  const set = (less) =>
    pictures.forEach((picture, i) => {
      const lowest = Math.min(LOWEST_PICTURE, heights[i]);
      picture.style.height = Math.max(lowest, heights[i] - less) + "px";
    });
  set(0);
  set(Math.max(0, slide.scrollHeight - (HEIGHT - FOOT)) / pictures.length);
}

function fit(slide) {
  if (!slide || Reveal.isOverview() || slide.classList.contains("stack")) return;
  let scale = 1;
  slide.style.zoom = scale;
  fill(slide);
  while (slide.scrollHeight * scale > HEIGHT - FOOT && scale > SMALLEST) {
    scale -= 0.02;
    slide.style.zoom = scale;
  }
  slide.dataset.fitted = scale.toFixed(2);
}

const fitAll = () => document.querySelectorAll(".slides section").forEach(fit);

// A question keeps its answer covered until the next key: the output below it, and what follows.
// A slide that begins with code goes on with the question that ended the slide before.
function cover(slide, at, slides) {
  let step = -1;
  let covering = false;
  const hide = (part) => {
    part.classList.add("fragment");
    part.dataset.fragmentIndex = step;
  };
  const cells = cellsOf(slide);
  const asked = (i) => {
    if (i < 0) return asks(cellsOf(slides[at - 1]).pop());
    return isQuiet(cells[i]) ? asked(i - 1) : asks(cells[i]);
  };
  cells.forEach((cell, i) => {
    const own = cell.closest(".fragment"); // one that the notebook asks for
    if (own?.querySelector(".jp-Cell") === cell) {
      own.dataset.fragmentIndex = ++step;
      covering = false;
    }
    if (covering) hide(cell);
    for (const table of cell.querySelectorAll(".jp-RenderedMarkdown table")) {
      if (isQuestion(table.previousElementSibling)) {
        step += 1;
        covering = true;
        hide(table);
      }
    }
    const output = outputOf(cell);
    if (output && !cell.textContent.includes("d2l.check(") && asked(i - 1)) {
      step += 1;
      covering = true;
      hide(output);
      assertsOf(cell).forEach(hide);
    }
  });
}

const cellsOf = (slide) => [...(slide?.querySelectorAll(".jp-Cell:not(.notes *)") ?? [])];
const outputOf = (cell) => cell.querySelector(".jp-Cell-outputWrapper");
const isQuiet = (cell) => cell.matches(".jp-CodeCell") && !outputOf(cell);
const isQuestion = (part) => /\?|\b(would|do) you expect\b|\bGuess\b/.test(words(part));

// The assertions that end a cell's code, which tell what will come out.
function assertsOf(cell) {
  const code = cell.querySelector(".jp-CodeMirrorEditor pre");
  const lines = code?.innerHTML.trimEnd().split("\n") ?? [];
  const plain = code?.textContent.split("\n") ?? []; // the same lines
  let first = lines.length;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    if (!/^[^\s)\]}]/.test(plain[at])) continue; // it goes on with a line above
    if (!/^(assert|torch\.testing\.assert)/.test(plain[at])) break;
    first = at;
  }
  if (first === 0 || first === lines.length) return [];
  const told = `<span>${lines.slice(first).join("\n")}</span>`;
  code.innerHTML = [...lines.slice(0, first), told].join("\n");
  return [code.lastElementChild];
}

// Whether a cell of text asks what will come out: at its end, or by a word that says so.
function asks(cell) {
  if (!cell?.matches(".jp-MarkdownCell")) return false;
  const parts = [...cell.querySelectorAll("p, ul, ol")].filter((part) => !part.matches("li *"));
  const last = parts.pop();
  if (isQuestion(last) || (last?.matches("ul, ol") && isQuestion(parts.pop()))) return true;
  return /\b(Guess|Predict|before you (run|look))\b|\b[Ww]ill [^.?:]*\?/.test(words(cell));
}

// The text of a part without code and what it quotes.
function words(part) {
  const copy = part?.cloneNode(true);
  const quoted = copy?.querySelectorAll("code, pre, em, blockquote, h1, h2, h3") ?? [];
  quoted.forEach((part) => part.remove());
  return copy?.textContent ?? "";
}

// The number, and the heading that the slide stands under.
function foot(slide) {
  if (!slide) return [""];
  const heading = (slide.closest(".stack") ?? slide).querySelector("h1, h2, h3");
  const words = document.createElement("span");
  if (heading && !slide.contains(heading)) words.textContent = " \u00a0 " + heading.innerText;
  return [`${Reveal.getSlidePastCount(slide) + 1} / ${Reveal.getTotalSlides()}${words.innerHTML}`];
}

document.querySelectorAll(".slides section:not(:has(section))").forEach(cover);

Reveal.initialize({
  width: 1280,
  height: HEIGHT,
  margin: 0,
  maxScale: 10,
  center: false,
  hash: true,
  navigationMode: "linear", // the arrow to the right misses no slide
  transition: "none",
  slideNumber: foot,
  pdfMaxPagesPerSlide: 1,
  pdfSeparateFragments: false,
  plugins: [RevealNotes],
}).then(() => {
  Reveal.on("slidechanged", (event) => fit(event.currentSlide));
  Reveal.on("overviewhidden", () => fit(Reveal.getCurrentSlide()));
  Reveal.on("pdf-ready", fitAll);
  document.addEventListener("toggle", () => fit(Reveal.getCurrentSlide()), true);
  fit(Reveal.getCurrentSlide());
  if (Reveal.isScrollView()) fitAll();
});
