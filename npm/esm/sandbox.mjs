export * from '../dist/sandbox.js';
