import React from 'react';

interface INamedProps {
  label: string;
  items: readonly { name: string; about: string }[];
  /** What the button beside a name says. */
  removing: string;
  remove: (name: string) => void;
}

/** Names, each with a button that takes it away. */
export function Named(props: INamedProps): React.ReactElement | null {
  if (props.items.length === 0) {
    return null;
  }
  return (
    <ul className="dw-Named" aria-label={props.label}>
      {props.items.map(({ name, about }) => (
        <li key={name}>
          <span className="dw-Named-name">{name}</span>
          <span className="dw-Field-hint">{about}</span>
          <button
            type="button"
            className="jp-mod-styled jp-mod-minimal"
            aria-label={`${props.removing}: ${name}`}
            onClick={() => {
              props.remove(name);
            }}
          >
            {props.removing}
          </button>
        </li>
      ))}
    </ul>
  );
}
