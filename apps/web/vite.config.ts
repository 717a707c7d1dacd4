import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { blockRendering, compressAssets, fillInPlaceholders, passwordDataModule } from './vite-plugins.ts';

export default defineConfig({
  plugins: [
    react(),
    passwordDataModule,
    blockRendering,
    compressAssets,
    fillInPlaceholders({
      publicUrl: process.env['PUBLIC_URL'] ?? 'http://localhost:3000',
      appName: process.env['APP_NAME'] ?? 'Moonlight',
    }),
  ],
  // wouter brings a copy of this hook for older versions of React.
  resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
  server: { port: Number(process.env['WEB_PORT'] ?? 5173), strictPort: true },
  build: {
    // The content security policy forbids data: URLs.
    assetsInlineLimit: 0,
    // Every supported browser knows modulepreload.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Every module of the first page in one script: without this, what the other scripts share with it is a second one.
      output: { codeSplitting: { groups: [{ name: 'index', tags: ['$initial'] }] } },
      // Compressing takes the longest; no warning about that.
      checks: { bundlerTimings: false },
    },
  },
});
