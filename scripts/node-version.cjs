// Loaded before anything else (`node -r`), and written so that the oldest Node can read it: everything after it may use what this version cannot parse.
var needed = require('../package.json').engines.node.replace('>=', '');
var have = process.versions.node;

function isOlder(version, than) {
  var ours = version.split('.').map(Number);
  var theirs = than.split('.').map(Number);
  return ours[0] < theirs[0] || (ours[0] === theirs[0] && ours[1] < theirs[1]);
}

if (isOlder(have, needed)) {
  console.error(
    'Millwright needs Node.js ' +
      needed +
      ' or later, and this is ' +
      have +
      ': install a newer one from https://nodejs.org and try again.',
  );
  process.exit(1);
}
