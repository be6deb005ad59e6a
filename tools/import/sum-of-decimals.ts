const decimals = 6;

/** The exact sum of decimals such as `-12.5`, printed with two decimals or as many as it has. */
export function sumOfDecimals(texts: readonly string[]): string {
  const sum = texts.reduce((total, text) => total + millionthsOf(text), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0{1,4}$/, '');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${fraction}`;
}

function millionthsOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const millionths = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  return text.startsWith('-') ? -millionths : millionths;
}
