// Follows the Tab key. Started on a page, it answers an object whose `wrong()` says afterwards, in sentences,
// which controls were not reached, came out of order, held the focus, or did not show that they have it.
() => {
    const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    const LONGEST_STAY = 8; // a field for a date and a time has seven stops of its own
    const name = (each) => each.outerHTML.replace(/\s+/g, " ").slice(0, 110);

    const group = (each) => [...document.getElementsByName(each.name)].filter((one) => one.form === each.form);
    const standsForItsGroup = (each) =>
        each.type !== "radio" || each === (group(each).find((one) => one.checked) ?? group(each)[0]);
    const controls = [...document.querySelectorAll(CONTROLS)].filter(
        (each) =>
            each.tabIndex >= 0 &&
            !each.matches(":disabled") &&
            each.checkVisibility({ visibilityProperty: true }) &&
            standsForItsGroup(each),
    );

    const isDrawn = (style) =>
        (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    const faces = (each) => [each, ...(each.labels ?? [])];
    const within = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
    const isOnScreen = (each) => {
        const [box] = each.getClientRects();
        if (!box) return false;
        const at = [within(box.left, box.right, innerWidth), within(box.top, box.bottom, innerHeight)];
        return each.contains(document.elementFromPoint(...at)); // neither clipped, nor covered, nor outside
    };
    const showsFocus = (each) =>
        !each.matches(":focus") || // a part of a date or time field has it, and shows it in the browser's way
        faces(each).some((face) => isDrawn(getComputedStyle(face)) || isDrawn(getComputedStyle(face, "::before")));

    const stops = [];
    const hidden = new Set();
    const stays = new Map();
    document.addEventListener("focusin", (event) => stops.push(event.target));
    const settled = (each) => {
        if (each === document.body) return;
        stays.set(each, (stays.get(each) ?? 0) + 1);
        if (!faces(each).some(isOnScreen)) hidden.add(`holds the focus where nobody sees it: ${name(each)}`);
        else if (!showsFocus(each)) hidden.add(`does not show that this has the focus: ${name(each)}`);
    };
    document.addEventListener("keydown", (event) => event.key === "Tab" && settled(document.activeElement), true);

    const wrong = () => {
        const again = stops.findIndex((each, at) => stops.indexOf(each) < at);
        const round = again < 0 ? stops : stops.slice(0, again);
        const reached = new Set(round);
        const sentences = [...hidden];
        for (const [each, times] of stays) {
            if (times > LONGEST_STAY) sentences.push(`does not let the focus go on from ${name(each)}`);
        }
        round.forEach((each, at) => {
            const before = round[at - 1];
            if (before && !(before.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING)) {
                sentences.push(`goes back from ${name(before)} to ${name(each)}`);
            }
        });
        const last = Math.max(...controls.map((each, at) => (reached.has(each) ? at : -1)));
        const expected = again >= 0 ? controls : controls.slice(0, last + 1);
        for (const each of expected) {
            if (!reached.has(each)) sentences.push(`does not lead the Tab key to ${name(each)}`);
        }
        return sentences;
    };
    return { wrong };
}
