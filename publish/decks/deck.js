// A slide whose content is higher than the screen is drawn smaller until it fits.
const HEIGHT = 720;
const SMALLEST = 0.5;

function fit(slide) {
  if (!slide || slide.dataset.fitted || slide.classList.contains("stack")) return;
  let scale = 1;
  while (slide.scrollHeight * scale > HEIGHT && scale > SMALLEST) {
    scale -= 0.02;
    slide.style.zoom = scale;
  }
  slide.dataset.fitted = scale.toFixed(2);
}

const fitAll = () => document.querySelectorAll(".slides section").forEach(fit);

Reveal.initialize({
  width: 1280,
  height: HEIGHT,
  margin: 0,
  center: false,
  hash: true,
  transition: "none",
  slideNumber: "c/t",
  pdfMaxPagesPerSlide: 1,
  plugins: [RevealNotes],
}).then(() => {
  Reveal.on("slidechanged", (event) => fit(event.currentSlide));
  Reveal.on("pdf-ready", fitAll);
  fit(Reveal.getCurrentSlide());
});
