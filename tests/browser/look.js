// What a page must be for everybody: clean for axe, no wider than the screen, with one heading and a way
// past the header, in the language that was asked for. Answers what is wrong, in sentences, and what axe found.
async ({ language, withAxe }) => {
    // Contrast takes axe most of its time, so it is asked about one of all texts that look alike: the same
    // colours, size and weight on the same grounds.
    const grounds = new Map([[null, ""]]);
    const ground = (each) => {
        if (!grounds.has(each)) {
            const style = getComputedStyle(each);
            const own = [style.backgroundColor, style.backgroundImage, style.opacity].join();
            const above = ground(each.parentElement);
            grounds.set(each, own === "rgba(0, 0, 0, 0),none,1" ? above : `${above} ${own}`);
        }
        return grounds.get(each);
    };
    const isWritten = (each) =>
        each.matches("input, select, textarea") ||
        [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const isSeen = (each) =>
        each.checkVisibility({ visibilityProperty: true }) && each.getBoundingClientRect().right > 0;
    const oneOfEachLook = () => {
        const found = new Map();
        for (const each of document.body.querySelectorAll("*")) {
            if (!isWritten(each) || !isSeen(each) || each.matches(":disabled, [aria-disabled=true]")) continue;
            const { color, fontSize, fontWeight } = getComputedStyle(each);
            const look = [color, fontSize, fontWeight, ground(each)].join();
            if (!found.has(look)) found.set(look, each);
        }
        return [...found.values()];
    };

    await document.fonts.ready;
    const root = document.documentElement;
    const wrong = [];

    const wider = root.scrollWidth - root.clientWidth;
    if (wider > 0) {
        const sticksOut = (each) => each.getBoundingClientRect().right > root.clientWidth + 1;
        const culprits = [...document.querySelectorAll("main *, header *, footer *")].filter(sticksOut);
        const names = culprits.slice(0, 3).map((each) => each.outerHTML.slice(0, 120));
        wrong.push(`is ${wider} pixels wider than the screen: ${names.join(" | ")}`);
    }

    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) wrong.push(`has ${headings} headings of the first level`);

    if (root.lang !== language) wrong.push(`says that it is in "${root.lang}", asked for in "${language}"`);
    for (const each of document.querySelectorAll("[lang]")) {
        if (!["en", "es"].includes(each.lang)) wrong.push(`knows the language "${each.lang}"`);
    }

    const skip = document.querySelector("a[href], button, input:not([type=hidden]), select, textarea");
    if (!skip?.matches(".usa-skipnav")) wrong.push("does not begin with the link to its main content");
    else if (document.querySelector(skip.hash)?.tagName !== "MAIN") wrong.push("skips to what is not there");

    if (!withAxe) return { wrong, violations: [] };

    const ask = { id: "color-contrast", selector: "[data-asked-for-contrast]" };
    axe.configure({ rules: [ask, { id: "target-size", enabled: innerWidth < 640 }] });
    const asked = oneOfEachLook();
    for (const each of asked) each.setAttribute("data-asked-for-contrast", "");
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    for (const each of asked) each.removeAttribute("data-asked-for-contrast");
    return { wrong, violations };
}
