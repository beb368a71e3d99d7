import { defineConfig, type Plugin } from "vite";

/** Puts scripts and style sheets into the page that they belong to. */
const intoThePage: Plugin = {
  name: "into-the-page",
  enforce: "post",
  generateBundle(_, bundle) {
    const page = Object.values(bundle).find(({ fileName }) => fileName.endsWith(".html"));
    for (const file of Object.values(bundle)) {
      if (page?.type !== "asset" || file === page) {
        continue;
      }
      const [tag, text] =
        file.type === "chunk" ? ["script", file.code.replaceAll("</script", "<\\/script")] : ["style", String(file.source)];
      const type = tag === "script" ? ' type="module"' : "";
      const reference = new RegExp(`<(script|link)[^>]*"\\./${file.fileName}"[^>]*>(</script>)?`);
      page.source = String(page.source).replace(reference, () => `<${tag}${type}>${text}</${tag}>`);
      delete bundle[file.fileName];
    }
  },
};

/**
 * ONNX Runtime takes the page's origin for the base of an address. That of a page from disk is "file://" in Chromium and no
 * address in Firefox ("null").
 */
const fromDisk: Plugin = {
  name: "from-disk",
  transform: (code, id) => (id.includes("/onnxruntime-web/") ? code.replaceAll("location.origin", '"file://"') : null),
};

const common = { target: "es2022", modulePreload: { polyfill: false } } as const;

// `vite build` makes the page that the program serves. `vite build --mode file` makes explorer.html, the template of
// `ganymede export --format html`: one file, to which the program adds ONNX Runtime's WebAssembly from the page.
export default defineConfig(({ mode }) =>
  mode === "file"
    ? {
        publicDir: false,
        plugins: [fromDisk, intoThePage],
        build: { ...common, emptyOutDir: false, rollupOptions: { input: new URL("explorer.html", import.meta.url).pathname } },
        base: "./",
      }
    : {
        base: "./", // so that the page works behind any path
        build: { ...common, assetsInlineLimit: 0 },
        // `npm run dev` in web/ shows the page as it is edited, over a program that serves on its usual port.
        server: { proxy: { "/api": "http://127.0.0.1:8420" } },
      },
);
