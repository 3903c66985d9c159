"""Words that decide whether a full stop ends a sentence, in German and English.

Abbreviations stand without their last full stop and without inner spaces, so "z. B." and "z.B." are
one entry. The lists are written by hand, after reading where the splitter differed from news that
was split by hand.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEVER_LAST = _words(
    """
    Dr Drs Prof Univ-Prof Hr Hrn Fr Frl Mag Dipl Ing Dipl-Ing Doz Priv-Doz med jur phil rer nat
    habil theol hc h.c vet pol oec Msgr Hl hl St Ste Pfr Kard Abg Gen Lt Ltn Maj Kpt Sgt Cpl Col
    Capt Cmdr Brig Adm Sen Rep Gov Pres Mr Mrs Ms Messrs Rev Hon Supt Insp Det Mt Ft Wr Rt ST DR MR
    bzw ca vgl sog sogen zit z.B z.b d.h D.h Z.B d.i i.e e.g m.a.W evtl ggf insb insbes bes inkl
    exkl einschl zzgl abzgl bspw beispielsw gem lt Lt urspr dt engl frz ital span russ österr
    schweiz amerik brit poln türk griech lat zus ehem verh geb gest gesch jew approx cf viz vs
    Fa Kfm gez Verf Hrsg Hg Red Anm i.V i.A i.H.v i.d.R i.S.v i.S.d i.Z.m u.U z.T z.Z z.Zt o.g
    u.g s.o s.u m.E v.a z.Hd v.l a.k.a sen Allg Dtsch Nat
    """
)
"""A sentence never ends after these: titles, "for example", origins."""

BEFORE_NUMBERS = _words("Nr Nrn No Nos S Art Abs Abschn Kap Ziff Rn Rz Bd Bde Vol Fig Pos pp p Tel")
"""Abbreviations if a digit follows, else plain words ("dieser Art.") or names."""

OFTEN_LAST = _words("usw etc usf u.s.w u.v.m u.v.a.m")
"""They end an enumeration and its sentence, unless lower case or a bracket follows."""

PERHAPS_LAST = _words(
    """
    u.a u.ä u.Ä o.ä o.Ä u.dgl dgl dergl e.V e.G e.U i.R a.D a.M a.S i.Br v.Chr n.Chr v.u.Z n.u.Z
    d.J d.M Jh Jhd Jhdt Jr jr Sr jun Inc Corp Co Ltd Bros LLC Cie Ges Mio Mrd Bio Mill Tsd Std
    Stdn Min min Sek sek sec hrs Mo Di Mi Do Sa So Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun
    Jan Jän Feb Febr Mar Mär Mrz Apr Jun Jul Aug Sep Sept Okt Oct Nov Dez Dec Str str Pl Ave Blvd
    Rd Sq Hwy Hbf Bhf Bf p.m a.m U.S U.K U.N E.U D.C Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind
    Kan Ky La Md Mass Mich Minn Miss Mont Neb Nev Okla Ore Pa Tenn Tex Va Vt Wash Wis Wyo Dept
    Univ Assn Est Ed ed eds Aufl Ausg Jg ff f geg Verl Temp Kto Fam Pkt Pkte Ph.D M.A B.A K.o k.o
    K.O o.k O.K n.V i.E d.Red Ch Th Ph al
    """
)
"""A sentence ends after these only if one of STARTERS follows."""

STARTERS = _words(
    """
    Der Die Das Dem Den Des Ein Eine Einer Eines Einem Einen Er Sie Es Wir Ihr Ich Man Wer Was
    Dies Diese Dieser Dieses Diesem Diesen Jene Jener Jenes Jeder Jede Jedes Alle Alles Allen
    Viele Vieles Einige Manche Mehrere Andere Beide Beides Solche Kein Keine Keiner Niemand
    Niemanden Nichts Jemand Etwas Sein Seine Seiner Seinem Seinen Ihre Ihrer Ihrem Ihren Unser
    Unsere Mein Meine Dein Deine Und Oder Aber Doch Denn Sondern Auch Nur Noch Schon So Da Dabei
    Dadurch Dafür Dagegen Daher Dahinter Damals Damit Danach Daneben Dann Daran Darauf Daraufhin
    Daraus Darin Darüber Darum Darunter Davon Davor Dazu Dazwischen Dass Demgemäß Demnach
    Demzufolge Dennoch Derzeit Deshalb Deswegen Dort Dorthin Ebenfalls Ebenso Erst Erstmals Etwa
    Falls Ferner Folglich Für Gegen Gegenüber Gemeinsam Gestern Gleichzeitig Heute Heuer Hier
    Hierbei Hierfür Hierzu Hinter Hinzu Im In Indem Infolge Innerhalb Insgesamt Inzwischen Ist
    Jedoch Jetzt Kaum Laut Letztlich Mit Mittlerweile Nach Nachdem Natürlich Neben Nicht Nun Ob
    Obwohl Ohne Rund Seit Seitdem Seither Selbst Sogar Sollte Somit Sonst Soweit Statt
    Stattdessen Trotz Trotzdem Über Überdies Um Umgekehrt Unter Unterdessen Ursprünglich
    Vielmehr Vom Von Vor Vorher Während Wann War Waren Warum Weder Wegen Weil Weiter Weiterhin
    Weitere Weiters Welche Wenn Wie Wieder Wo Wobei Wohl Womit Worauf Zu Zudem Zuerst Zuletzt Zum
    Zumindest Zunächst Zur Zusammen Zusätzlich Zuvor Zwar Zwischen Am An Ans Angesichts Als Also
    Anders Anschließend Ansonsten Anstatt Auf Aufgrund Aus Außer Außerdem Außerhalb Bei Beim
    Bereits Bis Bisher Bislang Bisweilen Dank Durch Entsprechend Ganz Genau Gibt Haben Hat Hatte
    Immer Immerhin Kann Können Könnte Leider Mehr Mehrmals Muss Offenbar Sind Sowohl Tatsächlich
    Wird Wurde Wurden Werden Zwei Drei Vier Allerdings Allein Bald Einerseits Andererseits
    The A An This That These Those He She It We They I You There Here His Her Its Their Our My
    Your But And Or Yet For Nor If When While Where Who What Why How Which After Before Since
    Until Although Though Because As At By From On Of To With Without Within Under Over However
    Meanwhile Moreover Then Thus Therefore Both Some Many Most Several Other Others Another Each
    Every Nobody Everyone Someone Nothing Not Only Now Today Yesterday Tomorrow Earlier Later Last
    Next During Despite According Instead Still Once One Two Three
    """
)
"""Words that are capitalised mostly at the beginning of a sentence: no nouns, no months."""

ORDINAL_NOUNS = _words(
    """
    Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember
    Jan Jän Feb Febr Mär Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez Jahrhundert Jahrhunderts
    Jahrtausend Jh Jhd Jhdt Platz Rang Runde Minute Spielminute Spieltag Tag Mal Geburtstag
    Jahrestag Todestag Lebensjahr Auflage Ausgabe Folge Stock Stunde Klasse Liga Bundesliga Etappe
    Weltkrieg Bezirk Länderspiel Tor Treffer Sieg Titel Halbzeit Halbfinale FC FSV SC SV TSV SSV
    """
)
"""Words that often follow a German ordinal ("19. Juni", "1. FC")."""

LETTERED = _words(
    """
    Gruppe Gruppen Klasse Plan Vitamin Hepatitis Typ Punkt Liga Serie Team Kategorie Stufe Variante
    Influenza Block Haus Halle Terminal Gleis Teil Abschnitt Buchstabe Group Class Type Part Section
    """
)
"""Words before a single letter that is not an initial ("Gruppe B")."""

FILE_ENDINGS = _words("Com De At Ch Net Org Eu Info Tv Js Html Htm Php Pdf Jpg Png Gif Txt Doc Exe")
"""Endings of domains and file names, capitalised. No sentence begins with them."""
