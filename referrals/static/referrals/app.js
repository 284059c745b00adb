/* Conveniences only: every page works without this file. */
(() => {
    "use strict";

    const KEYS_OFF = "keyboard-off";

    // A form is sent once. The server refuses a second copy anyway; this only spares people the refusal.
    const guardAgainstDoubleSubmit = () => {
        document.addEventListener("submit", (event) => {
            const form = event.target;
            if (form.method === "dialog" || form.hasAttribute("hx-post")) return;
            if (form.dataset.sent) {
                event.preventDefault();
                return;
            }
            if (form.method !== "post" || event.defaultPrevented) return;
            form.dataset.sent = "yes";
            // After the event, so that the pressed button's own name and value are still sent.
            setTimeout(() => {
                for (const button of submitButtons(form)) button.disabled = true;
            });
        });
        window.addEventListener("pageshow", () => {
            for (const form of document.querySelectorAll("form[data-sent]")) {
                delete form.dataset.sent;
                for (const button of submitButtons(form)) button.disabled = false;
            }
        });
    };

    const submitButtons = (form) => [...form.elements].filter((element) => element.type === "submit");

    // Lists: j and k move, Enter opens (the focus is on the row's link), ? explains.
    const moveThroughLists = () => {
        const help = document.getElementById("keyboard-help");
        const off = help && help.querySelector("[data-keyboard-off]");
        if (off) {
            off.checked = Boolean(remembered(KEYS_OFF));
            off.addEventListener("change", () => remember(KEYS_OFF, off.checked ? "yes" : ""));
        }
        for (const button of document.querySelectorAll("[data-keyboard-help]")) {
            button.hidden = !help;
            button.addEventListener("click", () => help.showModal());
        }
        document.addEventListener("keydown", (event) => {
            if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
            if (remembered(KEYS_OFF) || (help && help.open)) return;
            if (event.key === "?" && help) {
                help.showModal();
                event.preventDefault();
            } else if (event.key === "j" || event.key === "k") {
                if (moveRow(event.key === "j" ? 1 : -1)) event.preventDefault();
            }
        });
    };

    const isTyping = (element) =>
        element.isContentEditable ||
        (["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName) && element.type !== "checkbox");

    const moveRow = (by) => {
        const links = [...document.querySelectorAll("table[data-keys] tbody tr")]
            .map((row) => row.querySelector("a[data-row-link]") || row.querySelector("a"))
            .filter(Boolean);
        if (!links.length) return false;
        const row = document.activeElement.closest("table[data-keys] tbody tr");
        const now = links.findIndex((link) => row && row.contains(link));
        const next = now === -1 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(now + by, 0), links.length - 1);
        links[next].focus();
        links[next].scrollIntoView({ block: "nearest" });
        return true;
    };

    // Storage may be forbidden; then nothing is remembered.
    const remembered = (key) => {
        try {
            return localStorage.getItem(key);
        } catch {
            return null;
        }
    };
    const remember = (key, value) => {
        try {
            localStorage.setItem(key, value);
        } catch {
            /* not remembered */
        }
    };

    const countCharacters = () => {
        for (const group of document.querySelectorAll("[data-count]")) {
            const field = group.querySelector("textarea");
            const status = group.querySelector("[data-left]");
            const limit = field ? Number(field.getAttribute("maxlength")) : 0;
            if (!limit || !status) continue;
            const rule = status.textContent;
            // Pasting a long text must not cut it off silently; the server says what is too long.
            field.removeAttribute("maxlength");
            const show = () => {
                // A line break travels as two characters.
                const left = limit - field.value.replace(/\n/g, "\r\n").length;
                const words = left < 0 ? status.dataset.over : status.dataset.left;
                status.textContent = field.value ? words.replace("{}", String(Math.abs(left))) : rule;
                status.classList.toggle("app-over-limit", left < 0);
            };
            field.addEventListener("input", show);
            show();
        }
    };

    // The draft of a long form: htmx sends it, this says how it stands and warns before it is lost.
    const keepDrafts = () => {
        for (const status of document.querySelectorAll("[data-draft]")) {
            const form = status.closest("form");
            if (!form || !window.htmx) continue;
            let unsaved = false;
            const say = (words) => {
                status.hidden = false;
                status.textContent = words;
            };
            form.addEventListener("input", () => {
                unsaved = true;
                say(status.dataset.saving);
            });
            form.addEventListener("submit", () => {
                unsaved = false;
            });
            status.addEventListener("htmx:beforeRequest", () => {
                unsaved = false;
            });
            status.addEventListener("htmx:afterRequest", (event) => {
                if (!event.detail.successful) unsaved = true;
                if (!unsaved) say(status.dataset.saved);
                else if (!event.detail.successful) say(status.dataset.failed);
            });
            window.addEventListener("beforeunload", (event) => {
                if (unsaved) event.preventDefault();
            });
        }
    };

    // A list of cases to choose from: one box ticks all that the page shows.
    const chooseAll = () => {
        for (const whole of document.querySelectorAll("[data-choose-all]")) {
            const box = whole.querySelector("input");
            const boxes = [...box.form.querySelectorAll("input[name=case]")];
            const count = () => {
                const ticked = boxes.filter((each) => each.checked).length;
                box.checked = ticked === boxes.length;
                box.indeterminate = ticked > 0 && !box.checked;
            };
            box.addEventListener("change", () => {
                for (const each of boxes) each.checked = box.checked;
            });
            box.form.addEventListener("change", count);
            window.addEventListener("pageshow", count);
            whole.hidden = false;
        }
    };

    // Escape and a click elsewhere close the small menus of the header.
    const closeMenus = () => {
        const openMenus = () => document.querySelectorAll("details.app-menu[open]");
        document.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            for (const menu of openMenus()) {
                menu.open = false;
                menu.querySelector("summary").focus();
            }
        });
        document.addEventListener("click", (event) => {
            for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
        });
    };

    document.addEventListener("DOMContentLoaded", () => {
        guardAgainstDoubleSubmit();
        moveThroughLists();
        countCharacters();
        keepDrafts();
        closeMenus();
        chooseAll();
        const summary = document.querySelector("[data-error-summary]");
        if (summary) summary.focus();
    });
})();
