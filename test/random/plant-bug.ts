import { register } from 'node:module';

// Loaded with `node --import`: production code has no seam for this; the hooks put a wrapper around one of its modules.
register(new URL('plant-bug-hooks.js', import.meta.url));
