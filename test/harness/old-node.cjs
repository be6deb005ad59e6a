// Preloaded, it makes this Node say that it is an old one.
Object.defineProperty(process, 'versions', { value: Object.assign({}, process.versions, { node: '18.20.8' }) });
