import { defineConfig } from "vite";

// Fixed output names: Django's ManifestStaticFilesStorage adds the hashes when it collects.
// One script, one stylesheet, no chunks: the pages link huoshui/app.js and huoshui/app.css.
// The script is a classic one (IIFE), so it works with <script defer> as with type="module".
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/huoshui/web/static/huoshui",
    // The folder also holds static files that are written by hand.
    emptyOutDir: false,
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 8192,
    modulePreload: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: "src/main.ts",
      // htmx holds an eval for hx-on and trigger filters; the pages switch it off (allowEval).
      checks: { eval: false },
      output: {
        format: "iife",
        entryFileNames: "app.js",
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith(".css")) ? "app.css" : "assets/[name][extname]",
      },
    },
  },
});
