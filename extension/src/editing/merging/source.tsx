// A text in an editor of JupyterLab's.
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import React, { useEffect, useRef } from 'react';

interface ISourceProps {
  services: IEditorServices;
  text: string;
  /** For who cannot see where it is. */
  label: string;
  /** Left out: it is only read. */
  onChange?: (text: string) => void;
}

export function Source({
  services,
  text,
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
      config: { readOnly: !isEditable, lineNumbers: true, lineWrap: true }
    });
    const content = host.current.querySelector('.cm-content');
    content?.setAttribute('aria-label', label);
    const tell = (): void => told.current?.(model.sharedModel.getSource());
    model.sharedModel.changed.connect(tell);
    return () => {
      model.sharedModel.changed.disconnect(tell);
      editor.dispose();
      model.dispose();
    };
    // What is typed stays in the editor: the text is what it begins with.
  }, [services, label, isEditable, isEditable ? '' : text]);
  return <div className="dw-Merge-source" ref={host} />;
}
