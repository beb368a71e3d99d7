import { defineConfig } from "vite";

// Relative addresses, so that the page works behind any path.
export default defineConfig({
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  // `npm run dev` in web/ shows the page as it is edited, over a program that serves on its usual port.
  server: { proxy: { "/api": "http://127.0.0.1:8420" } },
});
