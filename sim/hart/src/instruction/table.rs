//! The instructions of 32 bits, one a row: the one place that knows their encodings and names.
//!
//! A word is the instruction of a row if `word & mask == match`, the row is for the width of the
//! machine (`Any`, `Rv32` or `Rv64`), and its extension is implemented. No two such rows fit the
//! same word (a test). *Operands* says where the word has its operands and how they are written
//! ([`super::Operands`]). The last column is what executes it: a method of the hart, with its
//! arguments.
//!
//! An RV32 hart keeps its registers sign-extended to 64 bits. Most instructions then need no second
//! row; those that compute modulo 2^32 have the method of RV64's instruction on words.

/// Passes the rows to a macro, after tokens of the caller's.
macro_rules! instructions {
    ($then:ident $(($($first:tt)*))?) => {
        $then! { $($($first)*)?
            // name        text              operands                mask        match       width extension executor
            // The base.
            Lui           "lui"             Upper                   0x0000_007f 0x0000_0037 Any  I        upper(false);
            Auipc         "auipc"           Upper                   0x0000_007f 0x0000_0017 Any  I        upper(true);
            Jal           "jal"             Jump                    0x0000_007f 0x0000_006f Any  I        jump();
            Jalr          "jalr"            JumpRegister            0x0000_707f 0x0000_0067 Any  I        jump_register();
            Beq           "beq"             Branch                  0x0000_707f 0x0000_0063 Any  I        branch(|a, b| a == b);
            Bne           "bne"             Branch                  0x0000_707f 0x0000_1063 Any  I        branch(|a, b| a != b);
            Blt           "blt"             Branch                  0x0000_707f 0x0000_4063 Any  I        branch(less);
            Bge           "bge"             Branch                  0x0000_707f 0x0000_5063 Any  I        branch(|a, b| !less(a, b));
            Bltu          "bltu"            Branch                  0x0000_707f 0x0000_6063 Any  I        branch(|a, b| a < b);
            Bgeu          "bgeu"            Branch                  0x0000_707f 0x0000_7063 Any  I        branch(|a, b| a >= b);
            Lb            "lb"              Load                    0x0000_707f 0x0000_0003 Any  I        load(1, Signed);
            Lh            "lh"              Load                    0x0000_707f 0x0000_1003 Any  I        load(2, Signed);
            Lw            "lw"              Load                    0x0000_707f 0x0000_2003 Any  I        load(4, Signed);
            Ld            "ld"              Load                    0x0000_707f 0x0000_3003 Rv64 I        load(8, Signed);
            Lbu           "lbu"             Load                    0x0000_707f 0x0000_4003 Any  I        load(1, Unsigned);
            Lhu           "lhu"             Load                    0x0000_707f 0x0000_5003 Any  I        load(2, Unsigned);
            Lwu           "lwu"             Load                    0x0000_707f 0x0000_6003 Rv64 I        load(4, Unsigned);
            Sb            "sb"              Store                   0x0000_707f 0x0000_0023 Any  I        store(1);
            Sh            "sh"              Store                   0x0000_707f 0x0000_1023 Any  I        store(2);
            Sw            "sw"              Store                   0x0000_707f 0x0000_2023 Any  I        store(4);
            Sd            "sd"              Store                   0x0000_707f 0x0000_3023 Rv64 I        store(8);
            Addi          "addi"            Immediate               0x0000_707f 0x0000_0013 Rv64 I        immediate(add);
            Addi32        "addi"            Immediate               0x0000_707f 0x0000_0013 Rv32 I        immediate(addw);
            Slti          "slti"            Immediate               0x0000_707f 0x0000_2013 Any  I        immediate(slt);
            Sltiu         "sltiu"           Immediate               0x0000_707f 0x0000_3013 Any  I        immediate(sltu);
            Xori          "xori"            Immediate               0x0000_707f 0x0000_4013 Any  I        immediate(xor);
            Ori           "ori"             Immediate               0x0000_707f 0x0000_6013 Any  I        immediate(or);
            Andi          "andi"            Immediate               0x0000_707f 0x0000_7013 Any  I        immediate(and);
            Slli          "slli"            Shift64                 0xfc00_707f 0x0000_1013 Rv64 I        immediate(sll);
            Slli32        "slli"            Shift32                 0xfe00_707f 0x0000_1013 Rv32 I        immediate(sllw);
            Srli          "srli"            Shift64                 0xfc00_707f 0x0000_5013 Rv64 I        immediate(srl);
            Srli32        "srli"            Shift32                 0xfe00_707f 0x0000_5013 Rv32 I        immediate(srlw);
            Srai          "srai"            Shift64                 0xfc00_707f 0x4000_5013 Rv64 I        immediate(sra);
            Srai32        "srai"            Shift32                 0xfe00_707f 0x4000_5013 Rv32 I        immediate(sraw);
            Add           "add"             Register                0xfe00_707f 0x0000_0033 Rv64 I        register(add);
            Add32         "add"             Register                0xfe00_707f 0x0000_0033 Rv32 I        register(addw);
            Sub           "sub"             Register                0xfe00_707f 0x4000_0033 Rv64 I        register(sub);
            Sub32         "sub"             Register                0xfe00_707f 0x4000_0033 Rv32 I        register(subw);
            Sll           "sll"             Register                0xfe00_707f 0x0000_1033 Rv64 I        register(sll);
            Sll32         "sll"             Register                0xfe00_707f 0x0000_1033 Rv32 I        register(sllw);
            Srl           "srl"             Register                0xfe00_707f 0x0000_5033 Rv64 I        register(srl);
            Srl32         "srl"             Register                0xfe00_707f 0x0000_5033 Rv32 I        register(srlw);
            Sra           "sra"             Register                0xfe00_707f 0x4000_5033 Rv64 I        register(sra);
            Sra32         "sra"             Register                0xfe00_707f 0x4000_5033 Rv32 I        register(sraw);
            Slt           "slt"             Register                0xfe00_707f 0x0000_2033 Any  I        register(slt);
            Sltu          "sltu"            Register                0xfe00_707f 0x0000_3033 Any  I        register(sltu);
            Xor           "xor"             Register                0xfe00_707f 0x0000_4033 Any  I        register(xor);
            Or            "or"              Register                0xfe00_707f 0x0000_6033 Any  I        register(or);
            And           "and"             Register                0xfe00_707f 0x0000_7033 Any  I        register(and);
            Addiw         "addiw"           Immediate               0x0000_707f 0x0000_001b Rv64 I        immediate(addw);
            Slliw         "slliw"           Shift32                 0xfe00_707f 0x0000_101b Rv64 I        immediate(sllw);
            Srliw         "srliw"           Shift32                 0xfe00_707f 0x0000_501b Rv64 I        immediate(srlw);
            Sraiw         "sraiw"           Shift32                 0xfe00_707f 0x4000_501b Rv64 I        immediate(sraw);
            Addw          "addw"            Register                0xfe00_707f 0x0000_003b Rv64 I        register(addw);
            Subw          "subw"            Register                0xfe00_707f 0x4000_003b Rv64 I        register(subw);
            Sllw          "sllw"            Register                0xfe00_707f 0x0000_103b Rv64 I        register(sllw);
            Srlw          "srlw"            Register                0xfe00_707f 0x0000_503b Rv64 I        register(srlw);
            Sraw          "sraw"            Register                0xfe00_707f 0x4000_503b Rv64 I        register(sraw);
            Fence         "fence"           Fence                   0x0000_707f 0x0000_000f Any  I        no_operation();
            FenceI        "fence.i"         Nothing                 0x0000_707f 0x0000_100f Any  Zifencei fence_instructions();
            Ecall         "ecall"           Nothing                 0xffff_ffff 0x0000_0073 Any  I        environment_call();
            Ebreak        "ebreak"          Nothing                 0xffff_ffff 0x0010_0073 Any  I        breakpoint();

            // Multiplication and division.
            Mul           "mul"             Register                0xfe00_707f 0x0200_0033 Rv64 M        register(mul);
            Mul32         "mul"             Register                0xfe00_707f 0x0200_0033 Rv32 M        register(mulw);
            Mulh          "mulh"            Register                0xfe00_707f 0x0200_1033 Rv64 M        register(mulh);
            Mulh32        "mulh"            Register                0xfe00_707f 0x0200_1033 Rv32 M        register(mulh32);
            Mulhsu        "mulhsu"          Register                0xfe00_707f 0x0200_2033 Rv64 M        register(mulhsu);
            Mulhsu32      "mulhsu"          Register                0xfe00_707f 0x0200_2033 Rv32 M        register(mulhsu32);
            Mulhu         "mulhu"           Register                0xfe00_707f 0x0200_3033 Rv64 M        register(mulhu);
            Mulhu32       "mulhu"           Register                0xfe00_707f 0x0200_3033 Rv32 M        register(mulhu32);
            Div           "div"             Register                0xfe00_707f 0x0200_4033 Rv64 M        register(div);
            Div32         "div"             Register                0xfe00_707f 0x0200_4033 Rv32 M        register(divw);
            Divu          "divu"            Register                0xfe00_707f 0x0200_5033 Rv64 M        register(divu);
            Divu32        "divu"            Register                0xfe00_707f 0x0200_5033 Rv32 M        register(divuw);
            Rem           "rem"             Register                0xfe00_707f 0x0200_6033 Rv64 M        register(rem);
            Rem32         "rem"             Register                0xfe00_707f 0x0200_6033 Rv32 M        register(remw);
            Remu          "remu"            Register                0xfe00_707f 0x0200_7033 Rv64 M        register(remu);
            Remu32        "remu"            Register                0xfe00_707f 0x0200_7033 Rv32 M        register(remuw);
            Mulw          "mulw"            Register                0xfe00_707f 0x0200_003b Rv64 M        register(mulw);
            Divw          "divw"            Register                0xfe00_707f 0x0200_403b Rv64 M        register(divw);
            Divuw         "divuw"           Register                0xfe00_707f 0x0200_503b Rv64 M        register(divuw);
            Remw          "remw"            Register                0xfe00_707f 0x0200_603b Rv64 M        register(remw);
            Remuw         "remuw"           Register                0xfe00_707f 0x0200_703b Rv64 M        register(remuw);

            // Atomic memory operations.
            LrW           "lr.w"            Reserve                 0xf9f0_707f 0x1000_202f Any  A        load_reserved(4);
            ScW           "sc.w"            Atomic                  0xf800_707f 0x1800_202f Any  A        store_conditional(4);
            AmoSwapW      "amoswap.w"       Atomic                  0xf800_707f 0x0800_202f Any  A        modify(4, Modify::Swap);
            AmoAddW       "amoadd.w"        Atomic                  0xf800_707f 0x0000_202f Any  A        modify(4, Modify::Add);
            AmoXorW       "amoxor.w"        Atomic                  0xf800_707f 0x2000_202f Any  A        modify(4, Modify::Xor);
            AmoAndW       "amoand.w"        Atomic                  0xf800_707f 0x6000_202f Any  A        modify(4, Modify::And);
            AmoOrW        "amoor.w"         Atomic                  0xf800_707f 0x4000_202f Any  A        modify(4, Modify::Or);
            AmoMinW       "amomin.w"        Atomic                  0xf800_707f 0x8000_202f Any  A        modify(4, Modify::Min);
            AmoMaxW       "amomax.w"        Atomic                  0xf800_707f 0xa000_202f Any  A        modify(4, Modify::Max);
            AmoMinuW      "amominu.w"       Atomic                  0xf800_707f 0xc000_202f Any  A        modify(4, Modify::Minu);
            AmoMaxuW      "amomaxu.w"       Atomic                  0xf800_707f 0xe000_202f Any  A        modify(4, Modify::Maxu);
            LrD           "lr.d"            Reserve                 0xf9f0_707f 0x1000_302f Rv64 A        load_reserved(8);
            ScD           "sc.d"            Atomic                  0xf800_707f 0x1800_302f Rv64 A        store_conditional(8);
            AmoSwapD      "amoswap.d"       Atomic                  0xf800_707f 0x0800_302f Rv64 A        modify(8, Modify::Swap);
            AmoAddD       "amoadd.d"        Atomic                  0xf800_707f 0x0000_302f Rv64 A        modify(8, Modify::Add);
            AmoXorD       "amoxor.d"        Atomic                  0xf800_707f 0x2000_302f Rv64 A        modify(8, Modify::Xor);
            AmoAndD       "amoand.d"        Atomic                  0xf800_707f 0x6000_302f Rv64 A        modify(8, Modify::And);
            AmoOrD        "amoor.d"         Atomic                  0xf800_707f 0x4000_302f Rv64 A        modify(8, Modify::Or);
            AmoMinD       "amomin.d"        Atomic                  0xf800_707f 0x8000_302f Rv64 A        modify(8, Modify::Min);
            AmoMaxD       "amomax.d"        Atomic                  0xf800_707f 0xa000_302f Rv64 A        modify(8, Modify::Max);
            AmoMinuD      "amominu.d"       Atomic                  0xf800_707f 0xc000_302f Rv64 A        modify(8, Modify::Minu);
            AmoMaxuD      "amomaxu.d"       Atomic                  0xf800_707f 0xe000_302f Rv64 A        modify(8, Modify::Maxu);

            // Control and status registers.
            Csrrw         "csrrw"           Csr                     0x0000_707f 0x0000_1073 Any  Zicsr    csr(Change::Write, false);
            Csrrs         "csrrs"           Csr                     0x0000_707f 0x0000_2073 Any  Zicsr    csr(Change::Set, false);
            Csrrc         "csrrc"           Csr                     0x0000_707f 0x0000_3073 Any  Zicsr    csr(Change::Clear, false);
            Csrrwi        "csrrwi"          CsrImmediate            0x0000_707f 0x0000_5073 Any  Zicsr    csr(Change::Write, true);
            Csrrsi        "csrrsi"          CsrImmediate            0x0000_707f 0x0000_6073 Any  Zicsr    csr(Change::Set, true);
            Csrrci        "csrrci"          CsrImmediate            0x0000_707f 0x0000_7073 Any  Zicsr    csr(Change::Clear, true);

            // Privileged instructions.
            Sret          "sret"            Nothing                 0xffff_ffff 0x1020_0073 Any  S        supervisor_return();
            Mret          "mret"            Nothing                 0xffff_ffff 0x3020_0073 Any  I        machine_return();
            Wfi           "wfi"             Nothing                 0xffff_ffff 0x1050_0073 Any  I        wait();
            SfenceVma     "sfence.vma"      Fences                  0xfe00_7fff 0x1200_0073 Any  S        fence_addresses();
            SinvalVma     "sinval.vma"      Fences                  0xfe00_7fff 0x1600_0073 Any  Svinval  fence_addresses();
            SfenceWInval  "sfence.w.inval"  Nothing                 0xffff_ffff 0x1800_0073 Any  Svinval  order_invalidations();
            SfenceInvalIr "sfence.inval.ir" Nothing                 0xffff_ffff 0x1810_0073 Any  Svinval  order_invalidations();

            // Single precision.
            Flw           "flw"             FloatLoad               0x0000_707f 0x0000_2007 Any  F        float_load(Single);
            Fsw           "fsw"             FloatStore              0x0000_707f 0x0000_2027 Any  F        float_store(Single);
            FmaddS        "fmadd.s"         Float4                  0x0600_007f 0x0000_0043 Any  F        float_fused(Single, false, false);
            FmsubS        "fmsub.s"         Float4                  0x0600_007f 0x0000_0047 Any  F        float_fused(Single, false, true);
            FnmsubS       "fnmsub.s"        Float4                  0x0600_007f 0x0000_004b Any  F        float_fused(Single, true, false);
            FnmaddS       "fnmadd.s"        Float4                  0x0600_007f 0x0000_004f Any  F        float_fused(Single, true, true);
            FaddS         "fadd.s"          Float3Rounded           0xfe00_007f 0x0000_0053 Any  F        float_binary(Single, Binary::Add);
            FsubS         "fsub.s"          Float3Rounded           0xfe00_007f 0x0800_0053 Any  F        float_binary(Single, Binary::Subtract);
            FmulS         "fmul.s"          Float3Rounded           0xfe00_007f 0x1000_0053 Any  F        float_binary(Single, Binary::Multiply);
            FdivS         "fdiv.s"          Float3Rounded           0xfe00_007f 0x1800_0053 Any  F        float_binary(Single, Binary::Divide);
            FsqrtS        "fsqrt.s"         Float2Rounded           0xfff0_007f 0x5800_0053 Any  F        float_root(Single);
            FsgnjS        "fsgnj.s"         Float3                  0xfe00_707f 0x2000_0053 Any  F        float_sign(Single, Sign::Copy);
            FsgnjnS       "fsgnjn.s"        Float3                  0xfe00_707f 0x2000_1053 Any  F        float_sign(Single, Sign::Negate);
            FsgnjxS       "fsgnjx.s"        Float3                  0xfe00_707f 0x2000_2053 Any  F        float_sign(Single, Sign::Xor);
            FminS         "fmin.s"          Float3                  0xfe00_707f 0x2800_0053 Any  F        float_extreme(Single, false);
            FmaxS         "fmax.s"          Float3                  0xfe00_707f 0x2800_1053 Any  F        float_extreme(Single, true);
            FeqS          "feq.s"           FloatCompare            0xfe00_707f 0xa000_2053 Any  F        float_compare(Single, Compare::Equal);
            FltS          "flt.s"           FloatCompare            0xfe00_707f 0xa000_1053 Any  F        float_compare(Single, Compare::Less);
            FleS          "fle.s"           FloatCompare            0xfe00_707f 0xa000_0053 Any  F        float_compare(Single, Compare::LessOrEqual);
            FclassS       "fclass.s"        FloatToInteger          0xfff0_707f 0xe000_1053 Any  F        float_classify(Single);
            FcvtWS        "fcvt.w.s"        FloatToIntegerRounded   0xfff0_007f 0xc000_0053 Any  F        float_to_integer(Single, Integer::W);
            FcvtWuS       "fcvt.wu.s"       FloatToIntegerRounded   0xfff0_007f 0xc010_0053 Any  F        float_to_integer(Single, Integer::Wu);
            FcvtLS        "fcvt.l.s"        FloatToIntegerRounded   0xfff0_007f 0xc020_0053 Rv64 F        float_to_integer(Single, Integer::L);
            FcvtLuS       "fcvt.lu.s"       FloatToIntegerRounded   0xfff0_007f 0xc030_0053 Rv64 F        float_to_integer(Single, Integer::Lu);
            FcvtSW        "fcvt.s.w"        FloatFromIntegerRounded 0xfff0_007f 0xd000_0053 Any  F        float_from_integer(Single, Integer::W);
            FcvtSWu       "fcvt.s.wu"       FloatFromIntegerRounded 0xfff0_007f 0xd010_0053 Any  F        float_from_integer(Single, Integer::Wu);
            FcvtSL        "fcvt.s.l"        FloatFromIntegerRounded 0xfff0_007f 0xd020_0053 Rv64 F        float_from_integer(Single, Integer::L);
            FcvtSLu       "fcvt.s.lu"       FloatFromIntegerRounded 0xfff0_007f 0xd030_0053 Rv64 F        float_from_integer(Single, Integer::Lu);
            FmvXW         "fmv.x.w"         FloatToInteger          0xfff0_707f 0xe000_0053 Any  F        float_move_out(Single);
            FmvWX         "fmv.w.x"         FloatFromInteger        0xfff0_707f 0xf000_0053 Any  F        float_move_in(Single);

            // Double precision.
            Fld           "fld"             FloatLoad               0x0000_707f 0x0000_3007 Any  D        float_load(Double);
            Fsd           "fsd"             FloatStore              0x0000_707f 0x0000_3027 Any  D        float_store(Double);
            FmaddD        "fmadd.d"         Float4                  0x0600_007f 0x0200_0043 Any  D        float_fused(Double, false, false);
            FmsubD        "fmsub.d"         Float4                  0x0600_007f 0x0200_0047 Any  D        float_fused(Double, false, true);
            FnmsubD       "fnmsub.d"        Float4                  0x0600_007f 0x0200_004b Any  D        float_fused(Double, true, false);
            FnmaddD       "fnmadd.d"        Float4                  0x0600_007f 0x0200_004f Any  D        float_fused(Double, true, true);
            FaddD         "fadd.d"          Float3Rounded           0xfe00_007f 0x0200_0053 Any  D        float_binary(Double, Binary::Add);
            FsubD         "fsub.d"          Float3Rounded           0xfe00_007f 0x0a00_0053 Any  D        float_binary(Double, Binary::Subtract);
            FmulD         "fmul.d"          Float3Rounded           0xfe00_007f 0x1200_0053 Any  D        float_binary(Double, Binary::Multiply);
            FdivD         "fdiv.d"          Float3Rounded           0xfe00_007f 0x1a00_0053 Any  D        float_binary(Double, Binary::Divide);
            FsqrtD        "fsqrt.d"         Float2Rounded           0xfff0_007f 0x5a00_0053 Any  D        float_root(Double);
            FsgnjD        "fsgnj.d"         Float3                  0xfe00_707f 0x2200_0053 Any  D        float_sign(Double, Sign::Copy);
            FsgnjnD       "fsgnjn.d"        Float3                  0xfe00_707f 0x2200_1053 Any  D        float_sign(Double, Sign::Negate);
            FsgnjxD       "fsgnjx.d"        Float3                  0xfe00_707f 0x2200_2053 Any  D        float_sign(Double, Sign::Xor);
            FminD         "fmin.d"          Float3                  0xfe00_707f 0x2a00_0053 Any  D        float_extreme(Double, false);
            FmaxD         "fmax.d"          Float3                  0xfe00_707f 0x2a00_1053 Any  D        float_extreme(Double, true);
            FeqD          "feq.d"           FloatCompare            0xfe00_707f 0xa200_2053 Any  D        float_compare(Double, Compare::Equal);
            FltD          "flt.d"           FloatCompare            0xfe00_707f 0xa200_1053 Any  D        float_compare(Double, Compare::Less);
            FleD          "fle.d"           FloatCompare            0xfe00_707f 0xa200_0053 Any  D        float_compare(Double, Compare::LessOrEqual);
            FclassD       "fclass.d"        FloatToInteger          0xfff0_707f 0xe200_1053 Any  D        float_classify(Double);
            FcvtWD        "fcvt.w.d"        FloatToIntegerRounded   0xfff0_007f 0xc200_0053 Any  D        float_to_integer(Double, Integer::W);
            FcvtWuD       "fcvt.wu.d"       FloatToIntegerRounded   0xfff0_007f 0xc210_0053 Any  D        float_to_integer(Double, Integer::Wu);
            FcvtLD        "fcvt.l.d"        FloatToIntegerRounded   0xfff0_007f 0xc220_0053 Rv64 D        float_to_integer(Double, Integer::L);
            FcvtLuD       "fcvt.lu.d"       FloatToIntegerRounded   0xfff0_007f 0xc230_0053 Rv64 D        float_to_integer(Double, Integer::Lu);
            FcvtDW        "fcvt.d.w"        FloatFromIntegerRounded 0xfff0_007f 0xd200_0053 Any  D        float_from_integer(Double, Integer::W);
            FcvtDWu       "fcvt.d.wu"       FloatFromIntegerRounded 0xfff0_007f 0xd210_0053 Any  D        float_from_integer(Double, Integer::Wu);
            FcvtDL        "fcvt.d.l"        FloatFromIntegerRounded 0xfff0_007f 0xd220_0053 Rv64 D        float_from_integer(Double, Integer::L);
            FcvtDLu       "fcvt.d.lu"       FloatFromIntegerRounded 0xfff0_007f 0xd230_0053 Rv64 D        float_from_integer(Double, Integer::Lu);
            FmvXD         "fmv.x.d"         FloatToInteger          0xfff0_707f 0xe200_0053 Rv64 D        float_move_out(Double);
            FmvDX         "fmv.d.x"         FloatFromInteger        0xfff0_707f 0xf200_0053 Rv64 D        float_move_in(Double);
            FcvtSD        "fcvt.s.d"        Float2Rounded           0xfff0_007f 0x4010_0053 Any  D        float_convert(Double, Single);
            FcvtDS        "fcvt.d.s"        Float2Rounded           0xfff0_007f 0x4200_0053 Any  D        float_convert(Single, Double);
        }
    };
}

/// Declares [`Code`] and the table of [`Row`]s.
macro_rules! declare {
    ($($code:ident $name:literal $operands:ident $mask:literal $match:literal $width:ident
        $extension:ident $how:ident($($argument:expr),*);)*) => {
        /// The number of a row in the table; what is not in the table is `Illegal`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[allow(missing_docs)] // Each is the instruction of its name.
        pub enum Code {
            $($code,)*
            /// No instruction.
            Illegal,
            /// Nothing was decoded here yet.
            Unknown,
        }

        /// The numbers of the codes, as patterns.
        #[allow(non_upper_case_globals)]
        pub(crate) mod number {
            use super::Code;
            $(pub(crate) const $code: u8 = Code::$code as u8;)*
        }

        /// The table.
        pub(crate) static TABLE: &[Row] = &[$(Row {
            code: Code::$code,
            name: $name,
            operands: Operands::$operands,
            mask: $mask,
            bits: $match,
            width: Width::$width,
            extension: Extension::$extension,
        }),*];
    };
}

use super::{Extension, Operands, Row, Width};

instructions! { declare }

pub(crate) use instructions;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_the_order_of_their_codes_and_bits_are_within_masks() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.code as usize, index, "{}", row.name);
            assert_eq!(row.bits & !row.mask, 0, "{}", row.name);
            assert_eq!(row.bits & 3, 3, "{} is of 32 bits", row.name);
        }
        assert_eq!(TABLE.len(), Code::Illegal as usize);
    }

    #[test]
    fn no_two_rows_of_a_width_fit_the_same_word() {
        let meet = |a: Width, b: Width| a == b || a == Width::Any || b == Width::Any;
        for (index, a) in TABLE.iter().enumerate() {
            for b in TABLE[index + 1..].iter().filter(|b| meet(a.width, b.width)) {
                let both = a.mask & b.mask;
                assert_ne!(a.bits & both, b.bits & both, "{} and {}", a.name, b.name);
            }
        }
    }
}
