"""What speaks for questions about prices, what is between them, behind them and before them: phrases as in `evidence.py`."""

from __future__ import annotations

PRICES: dict[str, dict[int, str]] = {
    "best_price": {
        16: """
            best price; lowest price; highest price; best deal; best rate; cheapest place; cheapest exchange; cheapest way; lowest ask; highest bid; best bid;
            best ask; best offer; where is ... cheapest; which exchange is cheapest; where ... cheapest; cheap <coin>; best place to buy; best place to sell;
            best exchange to buy; best exchange to sell; pays the most; pay the most; buy ... somewhere cheap; where should i; where can i buy; where to buy;
            where do i buy; where can i sell; where to sell; where do i sell; where would you buy; where would you sell; which exchange should i; all in cost;
            all in; total cost; net cost; including fees; after fees; lowest fees; lowest cost; cheapest total; best exit; most dollars; most money; most
            euros; most usdt; highest payout; best payout; best net; best value; good deal; best spot; price check; best quote; best offers; cheapest offer;
            get the most; the most for; the least for; cheapest ask; least i can pay; least expensive; pay least; pay the least; best bang; fewest dollars;
            fewest euros; fewest; for the least; for least; at the lowest; get me some; get some; has the lowest; has the cheapest; the lowest price; gives me
            the most; give me the most; where else; going for; lowest offer; sitting at; sittin at; shelling out; paying most; who is paying most; current
            value; this minute; execution price; optimal price; dump ... who; offload ... who; what is a <coin>; what is one <coin>; for one <coin>; how much
            for one; what is a <coin> going for; what would <coin> fetch; would ... fetch
        """,
        12: "where ... cheap; buy and sell",
        8: """
            rate; fair price; going rate; spot price; quote; quotes; swap; exchange rate; how expensive; market price; last price; market rate; offer; deal;
            for sale; trading at; priced at; stand at; price tag; cheapest; lowest; bid; ask; do i cop; cop
        """,
        7: """
            best exchange for buying; best exchange for selling; how much would i get; how much will i get; how much do i get; how much can i get; what would
            i get; how many <coin>; how much <coin>; current price; price now; price right now; latest price; price of <coin>; <coin> price; price for <coin>;
            pays most; where ... buy; where ... sell; where ... get; where ... dump; buy ... where; sell ... where; which exchange ... buy; which exchange ...
            sell; should i ... <exchange> or <exchange>; want to buy; want to sell; looking to buy; looking to sell; need to buy; need to sell; like to buy;
            like to sell; trying to sell; trying to buy; pairs does; what pairs; which pairs; traded against
        """,
        5: """
            cheap; price; selling for; trading for; how much is; how much are; how much for; worth; dear; buy; sell; cost of <coin>; get for; whats <coin>;
            what is <coin> at; get rid of; most expensive; spend; offload; cash out; <amount> <coin>; convert
        """,
        3: "best; where; get; fee; fees; <amount>; how much; exchange; pay",
        1: "<coin>; <exchange>",
    },
    "compare": {
        18: """
            compare; comparison; versus; side by side; next to each other; next to one another; beside each other; head to head; differ between; prices
            differ; price difference; difference in price; price ... differ; how does ... compare; is ... cheap ... than on; is ... cheap ... than at; is ...
            dear ... than on; is ... dear ... than at; is <coin> cheap on <exchange> than; <exchange> versus <exchange>; same price; prices agree; price
            agree; how far apart; in one table; price table; relative to; price dispersion; dispersion; grid; matrix; table of; line up; lined up; alongside;
            who is higher; who is cheaper; higher on; lower on; higher at; priced the same; price same; same everywhere; same on all; consistent; how close
            are; how similar; apart; overlap; put ... side by side; what do ... charge; cross check; cross exchange comparison; ranked by price; rank
            exchanges by price; sorted by price; every venue's price; list of prices; overview of prices; prices from all; prices at all; prices on all;
            difference in <coin>; difference ... price; what is the difference in; in line with; out of line; all <coin> price; all <coin> prices; how much
            more expensive; how much cheaper; how much dearer; more expensive on <exchange> than; from exchange to exchange; exchange to exchange; differs
            from; differ from; price ... from exchange; compared with; prices of <coin> at; what do exchanges charge; every price; all prices; all the prices;
            every quote; all quotes; beside one another; what all are; all the shops; in one list; little list; one list; one page; at all five; on all five;
            all five; all 3; all three; all 5; against <coin> against; same coin; five exchanges; across screens; in a list; each exchange and its; on one
            page; each with its
        """,
        13: """
            stack up; table of prices; <exchange> against <exchange>; on each exchange; on every exchange; on all exchange; at each exchange; at every
            exchange; at all exchange; cheap on <exchange> than; cheap at <exchange> than; dear on <exchange> than; dear at <exchange> than; everywhere; per
            exchange; by exchange; price ... all exchange; price ... every exchange; price ... each exchange; quotes from every; quotes from all; all exchange
            price; all venues
        """,
        12: "across the exchange; price on <exchange> and <exchange>; prices on <exchange> and <exchange>",
        9: """
            across all exchange; across exchange; all exchanges; every exchange; each exchange; across all; different exchanges; all five exchanges; across
            five exchanges; across the five exchanges; various exchanges; each of the exchanges; prices everywhere; how much ... on each; between <exchange>
            and <exchange>; <coin> or <coin>; difference between
        """,
        6: "difference; <exchange> and <exchange>; <exchange> <exchange>; all venue; across; against; side; agree",
    },
    "arbitrage": {
        60: "buy ... <exchange> ... sell ... <exchange>; sell ... <exchange> ... buy ... <exchange>",
        24: """
            arbitrage; price gaps; biggest gap; buy low ... sell high; buy ... sell ... profit; easy money; free profit; price differences to exploit;
            exploitable; exploit; differences worth; gap worth; gaps worth; net spread; spread after fees; spreads after fees; net of fees ... <exchange>;
            best trade between; trade between <exchange> and <exchange>; make ... moving between; make ... between exchanges; how much could i make; how much
            can i make; how much would i make; could i make; can i make money; make money; sell dear; sell it for more; resell; sell higher; sells higher; buy
            cheap ... sell; buy cheaper ... sell; profitable route; three legged; spot perp arbitrage; crossed markets; crossed market; crossed; mispriced;
            lock in; locked in; scalping between; bid above ask; bid higher than; negative spread; premium between; kimchi premium; spread worth; worth
            trading; worth capturing; diverge; diverges; cover both fees; cover the fees; covers fees; after both fees; end with more; net edge; edge over;
            edge; more than i started; start with ... end; any loops; loops; make a few bucks; make some bucks; quick profit; few bucks; easy profit; chance
            to make; earn ... moving; earn ... between; move ... from <exchange> to <exchange>; moving ... from <exchange> to <exchange>; capture the spread;
            prices diverge; price ... diverge; prices differ enough; differ enough; differences enough; positive residue; residue; earn something; earn
            anything; easy coin; pocket money; resold; above cost; bps clear; clear bps; law of one price; through the ... offer; bid through; keep the
            difference; buy in one shop; buy it ... sell it; does that pay; opportunity of win; small gain; gain remains; remains after costs; remain after
            costs; after costs; after the costs; transaction costs; survive ... costs; after the fees; shuffling; shuffle; lifting ... hitting; buy at one ...
            sell at; without risk; no risk
        """,
        22: """
            free money; riskless profit; risk free profit; buy sell profit; profit; buy ... and sell ... <exchange>; triangle; buy ... sell ... <exchange>;
            buy <exchange> sell <exchange>; buy on ... sell on; sell on ... buy on; buy here ... sell there; buy in one ... sell
        """,
        16: """
            spread between; gap between; flip ... <exchange>; profit ... between; worth transferring; worth moving; worth sending; worth shifting; is it worth
            ... from; profitable to move; from <exchange> to <exchange>; <exchange> to <exchange> ... profit; price inefficiencies; mispricing; mispricings;
            cross exchange; inefficiency; inefficiencies; profitable
        """,
        10: """
            opportunity; loop; left after fees; net of fees; after fees; price difference ... profit; biggest difference; largest difference; biggest price
            difference; difference to exploit; flip; profit from; transfer ... between; round trip; risk free; route; gap; legs
        """,
        3: "between <exchange> and <exchange>; difference; earn",
    },
    "liquidity": {
        60: """
            how much to move <coin> <number>; how much to move <coin> by <number>; how much money to move <coin> <number>; how much money to move <coin> by
            <number>; how much would it take to move; will ... move the price; will ... move the market; will ... buy ... move; hurt least; in one go; a
            whale; i am whale
        """,
        20: """
            liquidity; order book; orderbook; slippage; price impact; market depth; market impact; without moving; bid ask spread; bid-ask spread; ask bid
            spread; move the price; moving the price; move the market; moving the market; thin book; depth of market; effective spread; fill a large; place a
            large; large order; big order; big orders; book depth; buy wall; sell wall; without slippage; size available; available size; before price moves;
            before moving; depth chart; can i sell ... before; can i buy ... within; impact of; trade impact; how deep; deep enough; least slippage; lowest
            slippage; without paying more than ... slippage; within <number> of mid; price moves <number>; within <number> of; <number> depth; push the price;
            pushes the price; pushing the price; without crashing; without slipping; without pushing; without hurting; without tanking; without dumping;
            without affecting; crashing the price; fill price; average price for <amount>; average fill; get filled; filled at; eat the book; sweep the book;
            sweep; resting orders; limit orders near; size on the bid; size on the ask; size on bid; execution cost; cost of execution; execution quality;
            level 2; l2; quietly; how easily; in one order; book imbalance; imbalance; fattest; thickest; thinnest; how thick; how thin; illiquid; bids; asks;
            depth at; block trade; otc; average execution; market order of; dent; swallow; slippage cost; how much room; ladder; orders in the book; deepest;
            tightest; most liquid; least liquid; cost me in slippage; market sell; market buy; fill my; fill <amount>; take <amount>; stand behind; order
            size; trade size; size of the book; bid size; ask size; quoted size; slip; how much will ... move; how much would ... move; move price by; moves
            price by; ask side; bid side; sell side; buy side; on the ask; on the bid; bid ask; ask bid; move least; moves least; would move; enough <coin>
            on; enough depth; <amount> order; million dollar order; fund must; large holder; size for; absorb; bid and offer; offer and bid; bid offer; bid to
            offer; budge; knock the price; knock price; how far would the price; how far will the price; price go shift; shift the price; footprint; disturb
            the market; disturb; kaputt; kaput; moves less; move less; all at once; in one clip; clip; very big order; enough stock; cooked is my fill; my
            fill; width; widths; can take it; take it; without problem; spoil the price; ruin the price; wreck the price; hit the price; makes ... price; make
            the price worse; worse price; worked with; price fall if; were ... to sell; were ... to buy; fit in; fit comfortably; deviation from mid; just the
            spread
        """,
        14: """
            depth; book; tight; thin; wide; wall; eat through; large trade; large size; large amount; in size; market maker; bids and asks; asks and bids; top
            of the book; dom; large position; spread; how much size; how much is on
        """,
        8: "large; size; handle; can take; easily; comfortably",
        3: "impact; order; fill; execution; fills",
    },
    "price_history": {
        26: """
            versus <time>; now versus; now and <time>; then and now; today versus; price in <date>; price ... in <date>; <coin> for <date>; in <date>; crashed
            this; crashed <time>; fallen <time>; how badly
        """,
        20: """
            top gainers; top losers; top gainer; top loser; dropped the most; drop the most; dropped most; go down <today> or up; go up <today> or down; <coin>
            was how much; how much was <coin>; did <coin> go down; did <coin> go up; <coin> go down;
            <coin> go up; up or down <today>; is <coin> up; is <coin> down; was <coin> ... <time>; high price ... <time>; low price ... <time>; highest price
            ... <time>; lowest price ... <time>; history; chart; all time high; ath; how cheap was; how expensive was; gone up; gone down; go up ... since; go
            down ... since; candle; candles; ohlc; price ... <time>; <time> ago; price ... ago; was ... cheap ... <time>; performance; perform; price since;
            changed since; <time> change; change <time>; moved <time>; how volatile was; start of month; start of the week; start of year; beginning of; end
            of last; overnight; going up lately; been going; earlier today; this morning; this afternoon; at midnight; back in; back then; new year;
            recovered; pump ... <time>; how much did; how much has; return over; return of; all time; record high; record low; lowest ... has been; highest
            ... has been; lowest ... this; highest ... this; peak; peaked; bottomed; low of; high of; over the past; fared; evolve; evolved; evolution;
            development of; timeline; time series; past data; price data; previous price; last price on; past performance; percent up; percent down;
            percentage change; moved since; today versus yesterday; versus yesterday; versus last week; trajectory; trend of; price trend; down since; up
            since; since i; weekly change; daily change; yesterdays; ratio <time>; ratio ... <time>; price ... fall; price ... rise; price ... rose; price ...
            fell; did ... fall; did ... rise; did ... drop; fall since; fall after; rise since; rise after; trend ... since; trend in; what is the trend; how
            has my; since summer; since winter; since spring; since autumn; over the weekend; rose most; rose the most; fell most; fell the most; rising most;
            gained most; gained the most; lost the most; lost most; biggest gainer; biggest loser; biggest gainers; biggest losers; best performer; best
            performing; worst performer; worst performing; best performers; top performers; what did <coin> do; what has <coin> done; how much did i miss;
            coins up; coins down; above ... last; below ... last; last tuesday; last monday; last friday; month end; month-end; closes; close for; closes for;
            audit trail; between <date> and; in the first quarter; valuations; chg7d; chg; change 7d; showed the cheapest ... <time>; was the cheapest ...
            <time>; cheapest ... yesterday; over the long weekend; at what price did; on the date
        """,
        14: """
            price <time>; since <time>; over <time>; over the <time>; in the <time>; in <time>; during <time>; all time low; past price; was <coin>; was the
            price; been doing; has <coin> done; have <coin> done; did <coin> do; did <coin> close; did <coin> open; how did <coin>; how has <coin>; how have
            <coin>; <time> high; <time> low; <time> range; <time> return; <time> returns; high and low; highs and lows; change ... <time>; up or down;
            returns; compared to <time>; than <time>; worth <time>; high of day; how far has; percent change; price change; price changes; price action;
            drawdown of <coin>; used to cost; closing price; opening price; daily close; weekly close; trend line; trend over; historical; price ... <date>;
            down <today> or up; up <today> or down; go down <today>; go up <today>; went up <today>; change <today>; changed <today>; moved <today>; move
            <today>; <today> change; <today> high; <today> low; gained <today>; lost <today>; how has ... <today>; how did ... <today>; how is <coin> doing
            <today>; perform <today>; gainers <today>; losers <today>; high of <today>; low of <today>; rise <today>; fall <today>; last night; how far did;
            dump ... <time>; fall ... <time>; rise ... <time>; did <coin> ... <time>; <coin> in <date>; <date> price; <date> ... price; <coin> on <date>;
            <coin> since <date>
        """,
        10: "past; ago",
        8: "christmas; easter; recover; before; earlier; spike; plunge",
        7: """
            <time>; change; rise; fall; went up; went down; since; moved; movement; moves; trend <time>; swing; 52 week; top gainers; top losers; gainers;
            losers; volatile; date; crashed
        """,
        6: "<date>",
        3: "how is <coin> doing; doing; been",
        2: "was; were; did; had; went",
    },
}
