// What the charts share: the style for light and dark mode, and elements of SVG.

export const STYLE = `
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; } .small { font-size: 11.5px; } .quiet { fill: #59636e; }
  .ours { font-weight: 700; } .band { fill: #0969da; opacity: .09; }
  .grid { stroke: #d1d9e0; stroke-width: 1; } .floor { stroke: #59636e; stroke-width: 1.5; stroke-dasharray: 4 3; }
  .a { fill: #0969da; stroke: #0969da; } .b { fill: #bc4c00; stroke: #bc4c00; } .c { fill: #1a7f37; stroke: #1a7f37; }
  .spread { stroke-width: 2; opacity: .45; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .quiet { fill: #9198a1; } .band { fill: #4493f8; opacity: .16; }
    .grid { stroke: #3d444d; } .floor { stroke: #9198a1; }
    .a { fill: #4493f8; stroke: #4493f8; } .b { fill: #f0883e; stroke: #f0883e; } .c { fill: #3fb950; stroke: #3fb950; }
  }`;

export const round = (value) => Math.round(value * 10) / 10;
export const escape = (words) => words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
export const line = (style, x, from, to) => `<path class="${style}" d="M${x} ${from}V${to}"/>`;
export const text = (style, x, y, words, anchor = 'start') =>
  `<text${style ? ` class="${style}"` : ''} x="${x}" y="${y}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escape(words)}</text>`;
