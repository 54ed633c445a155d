import { defineConfig } from "vite";

// A script that only some pages load, for what would be too heavy for every page: src/<mode>.ts becomes <mode>.js.
// Classic and whole like app.js; a build of its own, because such a script cannot be one of several.
export default defineConfig(({ mode }) => ({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/huoshui/web/static/huoshui",
    emptyOutDir: false,
    target: "es2022",
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    rollupOptions: {
      input: `src/${mode}.ts`,
      output: { format: "iife", entryFileNames: `${mode}.js` },
    },
  },
}));
