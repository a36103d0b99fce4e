// A slide whose content is higher than the screen is drawn smaller until it fits.
const HEIGHT = 720;
const FOOT = 26; // of these, the slide's number has the lowest
const SMALLEST = 0.5;
const LOWEST_PICTURE = 330;
const HIGHEST_PICTURE = 560;

// A picture takes the room that the slide's text leaves.
function fill(slide) {
  const pictures = [...slide.querySelectorAll(".jp-RenderedImage img")];
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
function cover(slide) {
  let step = -1;
  let covering = false;
  const hide = (part) => {
    part.classList.add("fragment");
    part.dataset.fragmentIndex = step;
  };
  const cells = [...slide.querySelectorAll(".jp-Cell:not(.notes *)")];
  cells.forEach((cell, i) => {
    const own = cell.closest(".fragment"); // one that the notebook asks for
    if (own?.querySelector(".jp-Cell") === cell) {
      own.dataset.fragmentIndex = ++step;
      covering = false;
    }
    if (covering) hide(cell);
    const output = outputOf(cell);
    let before = i - 1;
    while (cells[before]?.matches(".jp-CodeCell") && !outputOf(cells[before])) before -= 1;
    if (output && asks(cells[before])) {
      step += 1;
      covering = true;
      hide(output);
    }
  });
}

const outputOf = (cell) => cell.querySelector(".jp-Cell-outputWrapper");

function asks(cell) {
  if (!cell?.matches(".jp-MarkdownCell")) return false;
  const last = [...cell.querySelectorAll("p, li")].pop();
  return /\?|\bguess\b|\bexpect\b/i.test(last?.textContent ?? "");
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
});
