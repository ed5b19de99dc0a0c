// What JupyterLab's packages ask of a browser when they are loaded, and jsdom does not have.
class FakeDragEvent extends MouseEvent {}

Object.assign(globalThis, {
  DragEvent: FakeDragEvent,
  requestIdleCallback: (callback: () => void) => setTimeout(callback, 0),
  cancelIdleCallback: (handle: number) => {
    clearTimeout(handle);
  }
});
Object.defineProperty(window, 'matchMedia', {
  value: (query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false
  })
});
