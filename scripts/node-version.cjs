// Loaded before anything else (`node -r`), and written so that the oldest Node can read it: everything after it may use what this version cannot parse.
var ranges = require('../package.json').engines.node.split(' || ');
var have = process.versions.node;

function isOlder(version, than) {
  var ours = version.split('.').map(Number);
  var theirs = than.split('.').map(Number);
  return ours[0] < theirs[0] || (ours[0] === theirs[0] && ours[1] < theirs[1]);
}

/** `^20.19` is 20.19 and later ones of 20, `>=24.11` that and all later ones. */
function allows(range) {
  var first = range.replace(/^(\^|>=)/, '');
  return !isOlder(have, first) && (range[0] !== '^' || parseInt(have, 10) === parseInt(first, 10));
}

function inWords(range) {
  var first = range.replace(/^(\^|>=)/, '');
  return first + (range[0] === '^' ? ' or a later ' + parseInt(first, 10) : ' or later');
}

if (!ranges.some(allows)) {
  console.error(
    'Millwright needs Node.js ' +
      ranges.map(inWords).join(', or ') +
      ', and this is ' +
      have +
      ': install another one from https://nodejs.org and try again.',
  );
  process.exit(1);
}
