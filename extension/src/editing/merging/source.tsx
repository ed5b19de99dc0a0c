// A text in an editor of JupyterLab's.
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import type { Extension } from '@codemirror/state';
import { Decoration, ViewPlugin } from '@codemirror/view';
import React, { useEffect, useRef } from 'react';

interface ISourceProps {
  services: IEditorServices;
  text: string;
  /** A text whose lines are not marked, as the others are new. */
  compared?: string | null;
  /** For who cannot see where it is. */
  label: string;
  /** Left out: it is only read. */
  onChange?: (text: string) => void;
}

export function Source({
  services,
  text,
  compared = null,
  label,
  onChange
}: ISourceProps): React.ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const told = useRef(onChange);
  told.current = onChange;
  const isEditable = onChange !== undefined;
  useEffect(() => {
    if (!host.current) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType: 'text/x-ipython' });
    model.sharedModel.setSource(text);
    const editor = services.factoryService.newInlineEditor({
      host: host.current,
      model,
      config: { readOnly: !isEditable, lineNumbers: true, lineWrap: true },
      extensions: compared === null ? [] : [marking(compared)]
    });
    const content = host.current.querySelector('.cm-content');
    content?.setAttribute('aria-label', label);
    if (isEditable) {
      editor.focus();
    }
    const tell = (): void => told.current?.(model.sharedModel.getSource());
    model.sharedModel.changed.connect(tell);
    return () => {
      model.sharedModel.changed.disconnect(tell);
      editor.dispose();
      model.dispose();
    };
    // What is typed stays in the editor: the text is what it begins with.
  }, [services, label, isEditable, compared, isEditable ? '' : text]);
  return <div className="dw-Merge-source" ref={host} />;
}

/** Marks lines that are not in another text, and shows the first of them. */
function marking(compared: string): Extension {
  const known = new Set(compared.split('\n'));
  const mark = Decoration.line({ class: 'dw-Merge-new' });
  return ViewPlugin.define(
    view => {
      const lines = [];
      for (let number = 1; number <= view.state.doc.lines; number++) {
        const line = view.state.doc.line(number);
        if (!known.has(line.text)) {
          lines.push(mark.range(line.from));
        }
      }
      const first = lines[0];
      if (first) {
        requestAnimationFrame(() => {
          const { top } = view.lineBlockAt(first.from);
          view.dom.parentElement?.scrollTo({ top: Math.max(0, top - 60) });
        });
      }
      return { marks: Decoration.set(lines) };
    },
    { decorations: ({ marks }) => marks }
  );
}
