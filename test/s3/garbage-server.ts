import { runServe } from '../../gateway/cli/serve.js';

// As `sluice serve`, but what was not fetched of an object is garbage, where it is zeros otherwise.
process.exitCode = await runServe(process.argv.slice(3), 'garbage');
