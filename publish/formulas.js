// Formulas as SVG pictures: reads [[TeX, whether it stands on a line of its own], …] from the
// standard input, writes as many <svg> texts. Run by publish/formulas.py in the folder of mathjax.
const wanted = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const settings = {
  loader: { load: ["input/tex-full", "output/svg"] },
  svg: { fontCache: "local" },
};
require("mathjax")
  .init(settings)
  .then((MathJax) => {
    const adaptor = MathJax.startup.adaptor;
    const set = ([tex, display]) => adaptor.innerHTML(MathJax.tex2svg(tex, { display }));
    process.stdout.write(JSON.stringify(wanted.map(set)));
  })
  .catch((error) => {
    process.stderr.write(String(error.message || error));
    process.exit(1);
  });
