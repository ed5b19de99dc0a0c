declare module '*.svg' {
  const source: string;
  export default source;
}

declare module '*/package.json' {
  const manifest: { version: string };
  export default manifest;
}
