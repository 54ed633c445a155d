import { defineConfig } from "vite";

// A script that only some pages load, for what would be too heavy for every page: src/<mode>.ts becomes <mode>.js,
// and the styles that it imports <mode>.css.
// Classic and whole like app.js; a build of its own, because such a script cannot be one of several.
// MapLibre's worker becomes a file of our own: the policy admits no worker made of text.
const ready: Record<string, string> = { "map-worker": "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs" };

export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/huoshui/web/static/huoshui",
    emptyOutDir: false,
    target: "es2022",
    // Otherwise the script would write the styles into the page, which its policy does not admit.
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: ready[mode] ?? `src/${mode}.ts`,
      // MapLibre looks beside itself for its worker; the page tells it where that is.
      checks: { emptyImportMeta: false },
      output: { format: "iife", entryFileNames: `${mode}.js`, assetFileNames: `${mode}[extname]` },
    },
  },
}));
