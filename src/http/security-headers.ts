const everywhere = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Permitted-Cross-Domain-Policies': 'none',
  // Browsers heed it over TLS only, which a proxy in front of us ends; once seen, they come no other way for a year.
  'Strict-Transport-Security': 'max-age=31536000',
};

const forData = {
  ...everywhere,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** The documentation's pages bring their own script and style, from this server and no other; the playground says what its links are relative to. */
const forPages = {
  ...everywhere,
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'none'",
};

export const securityHeadersOf = (route: string | undefined): Readonly<Record<string, string>> =>
  route !== undefined && /^\/(docs|graphiql)(\/|$)/.test(route) ? forPages : forData;
