// Preloaded, it writes which CommonJS modules were loaded into the file that LOADED_PACKAGES_FILE names, when the process ends.
const { writeFileSync } = require('node:fs');

process.on('exit', () => writeFileSync(process.env.LOADED_PACKAGES_FILE, Object.keys(require.cache).join('\n')));
