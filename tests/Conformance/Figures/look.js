// Looks at a page in a frame as a reader would: is any text cut, covered, smaller than 8 pixels or too faint, any curve too faint, any reference dead?
function look(frame) {
  const leastSize = 8, leastContrastOfText = 4.5, leastContrastOfLines = 3;
  const page = frame.contentDocument, view = frame.contentWindow, faults = [], boxes = [];
  const width = page.documentElement.clientWidth;
  let lines = 0;

  const channels = colour => { const found = colour.match(/[\d.]+/g).map(Number); return found.length < 4 ? [...found, 1] : found; };
  const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => { const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b); return (high + 0.05) / (low + 0.05); };
  const groundOf = element => {
    const picture = element.closest('svg');
    const paper = picture?.querySelector(':scope > rect');
    if (paper) return channels(view.getComputedStyle(paper).fill);
    for (let one = picture ?? element; one; one = one.parentElement) {
      const colour = channels(view.getComputedStyle(one).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255, 1];
  };
  const isHidden = element => {
    for (let one = element; one; one = one.parentElement) {
      const style = view.getComputedStyle(one);
      if (style.display === 'none' || style.clipPath === 'inset(50%)' || (one.classList.contains('skip') && style.position === 'absolute')) return true;
    }
    return false;
  };
  const say = (what, text) => faults.push(`${what}: ${text.trim().slice(0, 60)}`);

  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, text = node.textContent;
    if (!text.trim() || element.closest('title, desc, style, script') || isHidden(element)) continue;
    const picture = element.closest('svg'), style = view.getComputedStyle(element);
    const scale = picture ? picture.getBoundingClientRect().width / picture.viewBox.baseVal.width : 1;
    const size = parseFloat(style.fontSize) * scale;
    if (size < leastSize) say(`${size.toFixed(1)} pixels are too small`, text);
    const colour = channels(picture ? style.fill : style.color);
    const ratio = contrast(colour, groundOf(element));
    if (ratio < leastContrastOfText) say(`a contrast of ${ratio.toFixed(1)} is too little`, text);
    const range = page.createRange();
    range.selectNodeContents(node);
    const room = picture ? picture.getBoundingClientRect() : { left: 0, right: width, top: -Infinity, bottom: Infinity };
    for (const box of range.getClientRects()) {
      if (box.width < 0.5) continue;
      if (box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1 || box.bottom > room.bottom + 1) say('cut', text);
      for (let one = element; one && one !== page.body; one = one.parentElement) {
        const frame = one.getBoundingClientRect();
        if (!one.closest('svg') && view.getComputedStyle(one).overflowX !== 'visible' && (box.right > frame.right + 1 || box.left < frame.left - 1)) say('out of sight', text);
      }
      boxes.push({ box, text, element: element.closest('text') ?? element });
    }
  }

  // Lines of text reach into the gaps between them; what covers more than that covers letters.
  boxes.sort((a, b) => a.box.top - b.box.top);
  for (let i = 0; i < boxes.length; i++) {
    for (let j = i + 1; j < boxes.length && boxes[j].box.top < boxes[i].box.bottom - 5; j++) {
      const [one, other] = [boxes[i].box, boxes[j].box];
      if (boxes[i].element !== boxes[j].element && Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 5)
        say('covered', `${boxes[i].text.trim().slice(0, 25)} / ${boxes[j].text}`);
    }
  }

  for (const curve of page.querySelectorAll('svg path[class^="s-c"]')) {
    lines++;
    const ratio = contrast(channels(view.getComputedStyle(curve).stroke), groundOf(curve));
    if (ratio < leastContrastOfLines) say(`a contrast of ${ratio.toFixed(1)} is too little`, 'a curve');
  }

  for (const picture of page.querySelectorAll('svg')) {
    const box = picture.getBoundingClientRect();
    if (box.width < 100 || box.height < 20 || box.left < -1 || box.right > width + 1) say('a picture is cut', picture.id);
  }

  const ids = [...page.querySelectorAll('[id]')].map(element => element.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => say('not the only one', id));
  for (const link of page.querySelectorAll('a[href^="#"]')) if (!page.getElementById(link.getAttribute('href').slice(1))) say('leads nowhere', link.textContent);
  for (const named of page.querySelectorAll('[aria-labelledby]')) if (!named.getAttribute('aria-labelledby').split(' ').every(id => page.getElementById(id)?.textContent)) say('has no name', named.outerHTML);
  if (page.documentElement.scrollWidth > width) say('wider than the page', `${page.documentElement.scrollWidth} pixels`);
  return { width, isDark: view.matchMedia('(prefers-color-scheme: dark)').matches, texts: boxes.length, lines, faults: [...new Set(faults)] };
}
