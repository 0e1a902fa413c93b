import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `tare up` listens; the development server passes API calls on to it. */
const API = 'http://127.0.0.1:4680';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The page may load nothing but its own files, so nothing is inlined as a data address either.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The chart library is one lazy chunk of about 480 kB before compression.
    chunkSizeWarningLimit: 700,
  },
  server: { host: '127.0.0.1', proxy: { '/api': API } },
});
